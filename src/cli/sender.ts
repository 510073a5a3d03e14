import { StewardError } from "../protocol/errors.ts";
import { isToken } from "../protocol/subjects.ts";
import { defaultSender } from "../send/outgoing.ts";

/** Who asks for something by hand: `--from`, or the user. @throws StewardError badName */
export function senderOf(from: string = defaultSender()): string {
  if (isToken(from)) return from;
  throw new StewardError("badName", `--from ${from}: a name holds only A-Z a-z 0-9 _ -`);
}
