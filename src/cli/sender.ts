import { userInfo } from "node:os";
import { StewardError } from "../protocol/errors.ts";
import { isToken, toToken } from "../protocol/subjects.ts";

/** Who sends, when neither the message nor `--from` says: the user of the operating system. */
export function defaultSender(): string {
  try {
    return toToken(userInfo().username);
  } catch {
    return `uid-${process.getuid?.() ?? 0}`; // In a container the user may have no name.
  }
}

/** Who asks for something by hand: `--from`, or the user. @throws StewardError badName */
export function senderOf(from: string = defaultSender()): string {
  if (isToken(from)) return from;
  throw new StewardError("badName", `--from ${from}: a name holds only A-Z a-z 0-9 _ -`);
}
