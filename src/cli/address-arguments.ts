import { StewardError } from "../protocol/errors.ts";
import { isId, nodeNameFault } from "../protocol/subjects.ts";
import { textOf } from "./arguments.ts";
import type { Arguments } from "./command.ts";

/** The message's id that a command was given. @throws StewardError usage */
export function messageIdOf(args: Arguments): string {
  const id = textOf(args, "id") ?? "";
  if (isId(id)) return id;
  throw new StewardError("usage", `"${id}" is no message id`);
}

/** The one node that an option names; undefined when it was not given. @throws StewardError badName */
export function nodeOf(args: Arguments, name: string = "node"): string | undefined {
  const node = textOf(args, name);
  const fault = node === undefined ? undefined : nodeNameFault(node);
  if (fault !== undefined) throw new StewardError("badName", fault);
  return node;
}
