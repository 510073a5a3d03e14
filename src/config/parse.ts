import * as v from "valibot";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { placeAfter } from "../util/lines.ts";
import { yamlDocuments } from "../util/yaml-documents.ts";
import { yamlFault } from "../util/yaml-fault.ts";
import type { NodeConfig } from "./node-config.ts";
import { nodeConfigSchema } from "./schema.ts";

/**
 * Reads a node's configuration in YAML or JSON. Errors contain `file`. In errors, the first rule has the number 1.
 * @throws StewardError notJson, badSettings
 */
export async function parseNodeConfig(text: string, file: string): Promise<NodeConfig> {
  // An empty file is refused. A writer may have just created the file, and a node without settings would accept every
  // message.
  if (text.trim() === "") throw new StewardError("badSettings", `${file}: is empty; for no settings, write {}`);
  const result = v.safeParse(nodeConfigSchema, (await parseYaml(text, file)) ?? {}, { abortEarly: true });
  if (result.success) return result.output;
  throw new StewardError("badSettings", `${file}: ${faultOf(result.issues[0])}`);
}

function faultOf(issue: v.BaseIssue<unknown>): string {
  // If a value may have several forms, such as a text or a list, `issues` has faults for each form. `inner` is the
  // fault for the form that the file uses, and has its exact place.
  const inner = issue.issues?.find(({ kind, type, path }) => kind !== "schema" || type === "picklist" || path);
  const { message } = inner ?? issue;
  const path = [...(issue.path ?? []), ...(inner?.path ?? [])];
  const place = path.map(({ key }) => (typeof key === "number" ? key + 1 : String(key))).join(".");
  return place === "" ? message : `${place}: ${message}`;
}

async function parseYaml(text: string, file: string): Promise<unknown> {
  try {
    const [document, second] = await yamlDocuments(text);
    if (document === undefined) return undefined;
    const fault =
      (await yamlFault(document)) ??
      (second && { at: second.range[0], reason: "only one YAML document is allowed, and a second one begins" });
    if (fault !== undefined) throw new Error(`${fault.reason} at ${placeAfter(text.slice(0, fault.at), 1)}`);
    return document.toJS();
  } catch (error) {
    throw new StewardError("notJson", `${file}: ${messageOf(error)}`);
  }
}
