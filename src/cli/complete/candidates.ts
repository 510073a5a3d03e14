import { contextNames } from "../../config/nats-context.ts";
import type { CommandData, Completes, Option } from "../command.ts";
import { globalOptions } from "../global-options.ts";
import { type Add, type Candidate, type Line, typeable } from "./line.ts";

/**
 * Finds the words that fit at the cursor. The words come from the data of the commands, from this machine, or from the
 * fleet.
 */
export async function findCandidates(line: Line, commands: readonly CommandData[], add: Add): Promise<void> {
  const { place } = line;
  if (place.kind === "nothing") return;
  if (place.kind === "option") return add(optionCandidates(line));
  const { choices, completes } = place.of;
  if (choices !== undefined) return add(choices.map((value) => ({ value })));
  if (completes === undefined || isOfShell(completes)) return;
  if (completes === "command") return add(typeable(commands).map(({ name, describe }) => ({ value: name, describe })));
  if (completes === "context") return add((await contextNames(process.env)).map((value) => ({ value })));
  const { fromFleet } = await import("./fleet.ts");
  await fromFleet(completes, line, add);
}

/** True for files and folders. The shells complete them better than this program can. */
export function isOfShell(completes: Completes): completes is "file" | "folder" {
  return completes === "file" || completes === "folder";
}

/** The options that were not given yet, and the options that may be repeated. */
function optionCandidates({ command, args }: Line): Candidate[] {
  const help: Option = { type: "boolean", describe: "show the options and examples" };
  const options = Object.entries({ ...command?.options, ...globalOptions, help });
  return options
    .filter(([name, { type }]) => args[name] === undefined || type === "strings")
    .map(([name, { describe }]) => ({ value: `--${name}`, describe }));
}
