import { appendFileSync } from "node:fs";
import { pino } from "pino";
import { startInbox } from "../../../../src/inputs/inbox.ts";
import { type Note, parseNote } from "../note.ts";

/** An inbox in a process of its own, to be killed. What it sends is appended to a file, as `<id> <name>` lines. */
const [path = "", sent = "", settleMs = ""] = process.argv.slice(2);

startInbox<Note>({
  path,
  parse: parseNote,
  send: async (messages) => appendFileSync(sent, messages.map(({ id, name }) => `${id} ${name}\n`).join("")),
  log: pino(process.stderr),
  settleMs: Number(settleMs),
});
