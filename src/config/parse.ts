import * as v from "valibot";
import { messageOf, StewardError } from "../protocol/errors.ts";
import type { NodeConfig } from "./node-config.ts";
import { nodeConfigSchema } from "./schema.ts";

/**
 * Reads a node's configuration, YAML or JSON. `file` is named in the faults; rules in them are counted from 1.
 * @throws StewardError notJson, badSettings
 */
export async function parseNodeConfig(text: string, file: string): Promise<NodeConfig> {
  // A writer may be about to fill it; and a node that takes nothing for its configuration accepts everything.
  if (text.trim() === "") throw new StewardError("badSettings", `${file}: is empty; without settings, write {}`);
  const result = v.safeParse(nodeConfigSchema, (await parseYaml(text, file)) ?? {}, { abortEarly: true });
  if (result.success) return result.output;
  const issue: v.BaseIssue<unknown> = result.issues[0];
  const place = (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key + 1 : String(key))).join(".");
  const isUnknown = issue.type === "strict_object" && issue.expected === "never";
  const fault = isUnknown ? "is no key that is known there" : issue.message;
  throw new StewardError("badSettings", `${file}: ${place === "" ? "" : `${place}: `}${fault}`);
}

async function parseYaml(text: string, file: string): Promise<unknown> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { logLevel: "silent" });
  try {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS();
  } catch (error) {
    // Behind the first line stands the place as a drawing.
    const [fault = ""] = messageOf(error).split(":;", 1);
    throw new StewardError("notJson", `${file}: ${fault}`);
  }
}
