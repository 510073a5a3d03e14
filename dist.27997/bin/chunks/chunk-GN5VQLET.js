const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  harmless,
  stderr
} from "./chunk-VLDOLLNL.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";

// src/cli/confirm.ts
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
async function confirm(question, { yes }) {
  if (yes) return true;
  if (!process.stdin.isTTY || !stderr.isTerminal) {
    throw new StewardError("usage", `${question} Without a terminal nobody can be asked; add --yes to confirm`);
  }
  const asking = createInterface({ input: process.stdin, output: stderr.terminal });
  let stopped = false;
  asking.once("SIGINT", () => {
    stopped = true;
    asking.close();
  });
  const closed = once(asking, "close").then(() => "");
  const asked = asking.question(`${harmless(question)} [y/N] `).catch(() => "");
  const answer = await Promise.race([asked, closed]);
  asking.close();
  if (stopped) throw new StewardError("stopped", "interrupted; nothing was done");
  return /^y(?:es)?$/i.test(answer.trim());
}

export {
  confirm
};
