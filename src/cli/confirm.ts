import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { StewardError } from "../protocol/errors.ts";
import { harmless } from "./harmless.ts";
import { stderr } from "./stdio.ts";

/**
 * Asks a person on the terminal for a yes or no. Returns true without a question if `yes` is set.
 * @throws StewardError usage when there is no terminal, stopped at Ctrl-C
 */
export async function confirm(question: string, { yes }: { readonly yes: boolean }): Promise<boolean> {
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
  // Ctrl-D closes the question too, and counts as no.
  const closed = once(asking, "close").then(() => "");
  const asked = asking.question(`${harmless(question)} [y/N] `).catch(() => "");
  const answer = await Promise.race([asked, closed]);
  asking.close();
  if (stopped) throw new StewardError("stopped", "interrupted; nothing was done");
  return /^y(?:es)?$/i.test(answer.trim());
}
