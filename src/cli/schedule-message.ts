import { timeText } from "../util/time-text.ts";
import { longestScheduleId } from "../protocol/subjects.ts";
import type { Rule, Scheduled } from "../client/schedules.ts";
import { StewardError } from "../protocol/errors.ts";
import { parseAt, parseEvery, type Rule as ParsedRule } from "../protocol/schedule.ts";
import type { Duration } from "../util/duration.ts";
import { firstGiven } from "./arguments.ts";
import { connectFromArguments } from "./connect.ts";
import { exitCodes } from "./exit-codes.ts";
import { onInterrupt } from "./interrupt.ts";
import { print, printJson, printNote } from "./print.ts";
import { ruleJson } from "./render/schedules.ts";
import { draftOf, type SendArguments } from "./send-arguments.ts";
import { mayReach, prepared, showTargets } from "./targets.ts";
import { warnOfUnknownNodes } from "./waiting-options.ts";

/**
 * Runs `send --at`, `--every` and `--cron`, which store a message in the scheduler of the broker. Resolves to the exit
 * code.
 */
export async function scheduleMessage(args: SendArguments): Promise<number> {
  const misplaced = firstGiven(args, ["wait", "follow", "lines", "file"]);
  if (misplaced !== undefined) {
    throw new StewardError(
      "usage",
      `--${misplaced} cannot be used with a schedule, which is for one later message; leave it out`,
    );
  }
  const rule = await ruleOf(args);
  const draft = await draftOf(args);
  if ((draft.id?.length ?? 0) > longestScheduleId) {
    throw new StewardError("usage", `--id may have at most ${longestScheduleId} characters with a schedule`);
  }
  await using steward = await connectFromArguments(args);
  await steward.schedules.plan(rule.given);
  const sending = await prepared(steward, draft);
  if (args["dry-run"]) return showTargets(draft.nodes, sending.nodes, args);
  if (!(await mayReach(sending.nodes, args, draft.nodes))) return exitCodes.failed;
  using interrupt = onInterrupt();
  await steward.schedules.put(sending, rule.given, {
    knownOnly: args["known-only"],
    enough: interrupt.signal,
    onStored: (scheduled) => show(scheduled, rule.parsed, args),
  });
  return exitCodes.succeeded;
}

function show({ id, nodes, unseen, expires, notice, ...plan }: Scheduled, rule: ParsedRule, args: SendArguments): void {
  warnOfUnknownNodes(unseen, "it is scheduled");
  const next = plan.next === undefined ? undefined : timeText(plan.next);
  if (notice !== undefined) printNote(`steward: ${notice}`);
  if (args.json) return printJson({ id, nodes, schedule: { ...ruleJson(rule), expires, next } });
  print(id);
  const fires = next === undefined ? "" : `fires next at ${next}; `;
  printNote(`${fires}if the node is down, a firing is dropped after ${expires}`);
}

/**
 * The rule in the arguments: `given` is for the client, and `parsed` is for the output. An invalid rule is reported
 * before a connection is made.
 */
async function ruleOf({ at, every, cron, tz }: SendArguments): Promise<{ given: Rule; parsed: ParsedRule }> {
  if ([at, every, cron].filter((text) => text !== undefined).length !== 1) {
    throw new StewardError("usage", "give one of --at, --every and --cron");
  }
  if (cron !== undefined) {
    const { parseCron } = await import("../protocol/cron.ts");
    return { given: { cron, tz }, parsed: parseCron(cron, tz) };
  }
  if (tz !== undefined)
    throw new StewardError("usage", "--tz is only for --cron; a time after --at has its own offset");
  if (at !== undefined) return { given: { at }, parsed: parseAt(at) };
  return { given: { every: every as Duration }, parsed: parseEvery(every ?? "") };
}
