import { brokerTime } from "../broker/health/clock.ts";
import { scheduleMessages } from "../operate/schedule.ts";
import { StewardError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import { assertAhead, oneOffExpiry, parseAt, parseEvery, type Rule } from "../protocol/schedule.ts";
import { defaultSender, toMessages } from "../send/outgoing.ts";
import { nextFiring, timeText } from "../state/schedules.ts";
import { firstGiven } from "./arguments.ts";
import { openFromArguments } from "./connection.ts";
import { exitCodes } from "./exit-codes.ts";
import { onInterrupt } from "./interrupt.ts";
import { print, printJson, tell } from "./print.ts";
import { ruleJson } from "./render/schedules.ts";
import { sendingOf, type SendArguments } from "./send-arguments.ts";
import { mayReach, meantBy, showTargets } from "./targets.ts";
import { waitingOf } from "./waiting-options.ts";

/** A firing's id is the schedule's with its number behind it, and must be an id too: this leaves room for 11 digits. */
const longestId = 28;

/** `send --at`, `--every`, `--cron`: puts a message on the broker's scheduler. Resolves to the exit code. */
export async function scheduleMessage(args: SendArguments): Promise<number> {
  const misplaced = firstGiven(args, ["wait", "follow", "lines", "file"]);
  if (misplaced !== undefined) {
    throw new StewardError("usage", `--${misplaced} does not go with a schedule, which is for one message later on`);
  }
  const rule = await ruleOf(args);
  const { targets, template } = await sendingOf(args);
  if ((template.id?.length ?? 0) > longestId) {
    throw new StewardError("usage", `--id has at most ${longestId} characters with a schedule`);
  }
  const { waitMs: _noWait, ...unseen } = waitingOf(args, "it is scheduled");
  await using broker = await openFromArguments(args);
  const now = await brokerTime(broker);
  assertAhead(rule, now);
  const expiresMs = await expiryOf(rule, now);
  const meant = await meantBy(broker, targets);
  if (args["dry-run"]) return showTargets(targets, meant, args);
  if (!(await mayReach(meant.nodes, args, targets))) return exitCodes.failed;
  const messages = toMessages({ ...template, nodes: meant.nodes }, { from: defaultSender(), id: newId() });
  using interrupt = onInterrupt();
  const options = { ...unseen, seen: meant.seen, rule, expiresMs, signal: interrupt.signal };
  const expires = await scheduleMessages(broker, messages, options);
  const moment = await nextFiring(rule, now, now);
  const next = moment === undefined ? undefined : timeText(moment);
  const id = messages[0]?.id;
  if (rule.kind === "cron") await tellOfClock(rule, now);
  if (args.json) {
    const nodes = messages.map(({ node }) => node);
    printJson({ id, nodes, schedule: { ...ruleJson(rule), expires, next } });
  } else {
    print(id ?? "");
    const fires = next === undefined ? "" : `fires next at ${next}; `;
    tell(`${fires}a firing waits ${expires} for a node that is away`);
  }
  return exitCodes.succeeded;
}

async function tellOfClock(rule: Extract<Rule, { kind: "cron" }>, now: number): Promise<void> {
  const notice = (await import("../protocol/cron.ts")).clockNotice(rule, now);
  if (notice !== undefined) tell(`steward: ${notice}`);
}

async function ruleOf({ at, every, cron, tz }: SendArguments): Promise<Rule> {
  if ([at, every, cron].filter((text) => text !== undefined).length !== 1) {
    throw new StewardError("usage", "give one of --at, --every and --cron");
  }
  if (cron !== undefined) return (await import("../protocol/cron.ts")).parseCron(cron, tz);
  if (tz !== undefined) throw new StewardError("usage", "--tz goes with --cron; a time of --at names its own offset");
  return at === undefined ? parseEvery(every ?? "") : parseAt(at);
}

/**
 * How long a firing waits for its node unless `--expires` says: until the next one, so that missed ones do not pile
 * up.
 */
async function expiryOf(rule: Rule, now: number): Promise<number> {
  if (rule.kind === "at") return oneOffExpiry;
  if (rule.kind === "every") return rule.everyMs;
  return (await import("../protocol/cron.ts")).shortestGap(rule, now);
}
