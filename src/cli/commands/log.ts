import { finalStates } from "../../protocol/ack.ts";
import { StewardError } from "../../protocol/errors.ts";
import { isToken } from "../../protocol/subjects.ts";
import { readHistory } from "../../state/history.ts";
import { durationOf, flagOf, textOf } from "../arguments.ts";
import type { Arguments, Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { onInterrupt } from "../interrupt.ts";
import { ackLine } from "../render/ack-line.ts";

export const logCommand: Command = {
  name: "log",
  group: "look",
  describe: "show the history of ACKs, oldest first; one line or JSON line each",
  options: {
    node: { type: "string", completes: "node", describe: "only this node" },
    subject: { type: "string", completes: "subject", describe: "only this subject, such as exec" },
    state: { type: "string", choices: ["started", "retrying", ...finalStates], describe: "only this state" },
    since: { type: "string", value: "duration", describe: "only what is not older than this, such as 2h" },
    follow: { type: "boolean", describe: "go on with what happens, until interrupted" },
  },
  examples: [["steward log --node ship1 --state failed --since 1d", "what failed on ship1 since yesterday"]],
  run: log,
};

async function log(args: Arguments): Promise<number> {
  const [node, subject] = [tokenOf(args, "node"), tokenOf(args, "subject")];
  const age = durationOf(args, "since");
  await using broker = await openFromArguments(args);
  using interrupt = onInterrupt();
  const entries = readHistory(broker, {
    node,
    subject,
    state: textOf(args, "state"),
    since: age === undefined ? undefined : new Date(Date.now() - age),
    follow: flagOf(args, "follow") ? interrupt.signal : undefined,
  });
  for await (const entry of entries) {
    console.log(flagOf(args, "json") ? JSON.stringify({ storedAt: entry.storedAt, ...entry.ack }) : ackLine(entry));
    if (!process.stdout.writable) break; // The reader, such as `head`, has seen enough.
  }
  return 0;
}

function tokenOf(args: Arguments, name: string): string | undefined {
  const text = textOf(args, name);
  if (text === undefined || isToken(text)) return text;
  throw new StewardError("usage", `--${name} ${text}: a name holds only A-Z a-z 0-9 _ -`);
}
