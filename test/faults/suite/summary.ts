import { isFinal } from "../../../src/protocol/ack.ts";
import { groupBy, effectKey } from "./facts.ts";
import { keyOf, type History } from "./history.ts";
import type { Violation, ViolationKind } from "./checker.ts";

/** Evidence is listed for so many violations of a kind. */
const shown = 5;

/** What happened and what did not hold, for a person. */
export function summaryOf(history: History, violations: readonly Violation[]): string {
  const { sent, effects, acks, strikes, kills } = history;
  const stored = sent.filter(({ outcome }) => outcome === "stored").length;
  const ran = new Set(effects.map(effectKey)).size;
  const keys = new Set(sent.map(({ message }) => keyOf(message)));
  const finals = new Map(acks.filter((ack) => isFinal(ack) && keys.has(keyOf(ack))).map((ack) => [keyOf(ack), ack]));
  const interrupted = [...finals.values()].filter(({ state }) => state === "interrupted").length;
  const byKind = groupBy(violations, ({ kind }) => kind);
  const count = (...kinds: ViolationKind[]): number =>
    kinds.reduce((sum, kind) => sum + (byKind.get(kind)?.length ?? 0), 0);
  const byNemesis = [...groupBy(strikes, ({ nemesis }) => nemesis)].map(([name, list]) => `${name} ${list.length}`);
  const figures = {
    sent: `${sent.length}, ${stored} of them known to be stored`,
    run: ran,
    recorded: `${finals.size}, ${interrupted} of them as interrupted`,
    lost: count("lost", "notRun"),
    "finals missing": count("noFinal"),
    "two finals": count("twoFinals", "ackBehindFinal"),
    reordered: count("reordered"),
    duplicated: `${effects.length - ran} further runs, ${count("unexplainedRun")} of them unexplained (daemons killed: ${kills.length})`,
    "at most once, run again": count("atMostOnceRanAgain"),
    "other violations": count("wrongOutcome", "wronglyTold", "notSent", "wrongState", "stillQueued", "surprise"),
    "state current after": `${(history.stateLagMs / 1000).toFixed(1)} s`,
    strikes: `${strikes.length}: ${byNemesis.toSorted().join(", ")}`,
  };
  const lines = Object.entries(figures).map(([name, figure]) => `${`${name}:`.padEnd(24)} ${figure}`);
  for (const [kind, list] of byKind) {
    lines.push(...list.slice(0, shown).map(({ where, evidence }) => `VIOLATION ${kind}: ${where}: ${evidence}`));
    if (list.length > shown) lines.push(`VIOLATION ${kind}: and ${list.length - shown} more`);
  }
  return lines.join("\n");
}
