import { longestScheduleId } from "../protocol/subjects.ts";
import { brokerTime } from "../broker/health/clock.ts";
import { scheduleMessages, unschedule, type Removal } from "../operate/schedule.ts";
import { StewardError } from "../protocol/errors.ts";
import { assertAhead, oneOffExpiry, parseAt, parseEvery, type Rule as ParsedRule } from "../protocol/schedule.ts";
import { nextFiring, readScheduleStates, type ScheduleState } from "../state/schedules.ts";
import { formatDuration, type Duration } from "../util/duration.ts";
import type { SendOptions } from "./deliver.ts";
import { prepare, type Draft, type Prepared } from "./draft.ts";
import { assertDate } from "./filter.ts";
import { waitOf, type Signal, type Until } from "./options.ts";
import { resultOf, type Result } from "./result.ts";
import { unseenNodes, type UnseenNode } from "./sent.ts";
import type { Session } from "./session.ts";

/** When a schedule fires: at an interval, at the times of a cron line (in UTC unless `tz` is given), or once. */
export type Rule =
  | { readonly every: Duration }
  | { readonly cron: string; readonly tz?: string | undefined }
  | { readonly at: Date | string };

/** The effect of a rule, by the broker's clock. */
export interface RulePlan {
  /** The next time at which the rule fires. Undefined if the rule does not fire again. */
  readonly next: Date | undefined;
  /** How long a firing waits for a node that is down. `expires` of the message takes precedence. */
  readonly expires: Duration;
  /** A warning. Set if the clock changes in the time zone of the rule within a year. */
  readonly notice?: string | undefined;
}

/** A schedule as it was stored. */
export interface Scheduled extends RulePlan {
  readonly id: string;
  readonly nodes: readonly string[];
  readonly unseen: readonly UnseenNode[];
}

export interface ScheduleOptions extends SendOptions {
  /** Called when the schedule is stored. */
  readonly onStored?: ((scheduled: Scheduled) => void) | undefined;
}

/** A stored schedule, with all nodes of the schedule. */
export interface Schedule {
  readonly id: string;
  readonly nodes: readonly string[];
  readonly rule: Rule;
  readonly next?: Date | undefined;
  /** The state of the schedule on each node. */
  readonly states: readonly ScheduleState[];
}

/**
 * The result of removing a schedule. `standings` and `pending` contain the firings that were running. These firings
 * continue.
 */
export interface RemovalResult extends Result {
  readonly removals: readonly Removal[];
}

export interface RemoveOptions extends Signal, Pick<Until, "enough"> {
  /** Removes the schedule only for this node. Default: for all nodes. */
  readonly node?: string | undefined;
  /** The name of the operator. Default: `from` of the client. */
  readonly from?: string | undefined;
}

/** @throws StewardError usage, badMessage, badName, noMatch, notStored, unconfirmed */
export function putSchedule(
  session: Session,
  what: Draft | Prepared,
  rule: Rule,
  options: ScheduleOptions = {},
): Promise<string> {
  const { knownOnly = false, onStored, wait } = options;
  const storeMs = waitOf(wait ?? "30s");
  return session.run(options, async (signal) => {
    const parsed = await parsedRule(rule);
    const { messages, nodes, seen } = await prepare(session, what);
    const [{ id } = { id: "" }] = messages;
    if (id.length > longestScheduleId) {
      throw new StewardError("usage", `the id of a schedule has at most ${longestScheduleId} characters`, { id });
    }
    const now = await brokerTime(session.broker);
    const { expiresMs, ...plan } = await planOf(parsed, now);
    let unseen: readonly UnseenNode[] = [];
    const expires = await scheduleMessages(session.broker, messages, {
      rule: parsed,
      expiresMs,
      seen,
      knownOnly,
      onNeverSeen: (names, meant) => (unseen = unseenNodes(names, meant)),
      storeMs,
      signal,
    });
    onStored?.({ ...plan, id, nodes, unseen, expires });
    return id;
  });
}

/** @throws StewardError usage */
export function planRule(session: Session, rule: Rule, options: Signal = {}): Promise<RulePlan> {
  return session.run(options, async () => {
    const { expiresMs, ...plan } = await planOf(await parsedRule(rule), await brokerTime(session.broker));
    return { ...plan, expires: formatDuration(expiresMs) };
  });
}

export function listSchedules(
  session: Session,
  { id, node, ...options }: Signal & { readonly id?: string | undefined; readonly node?: string | undefined } = {},
): Promise<readonly Schedule[]> {
  return session.run(options, async () => {
    const byId = new Map<string, ScheduleState[]>();
    for (const state of await readScheduleStates(session.broker, { id, node })) {
      const states = byId.get(state.address.id) ?? [];
      byId.set(state.address.id, [...states, state]);
    }
    return [...byId].map(([key, states]) => scheduleOf(key, states));
  });
}

/** @throws StewardError notFound, unconfirmed */
export function removeSchedule(session: Session, id: string, options: RemoveOptions = {}): Promise<RemovalResult> {
  const { node, from = session.from } = options;
  return session.run(options, async (signal) => {
    const removals = await unschedule(session.broker, id, { node, by: from, signal });
    const continued = removals.flatMap(({ address, running }) => running.map((firing) => ({ ...address, id: firing })));
    const standings = continued.map((address) => ({ address, ack: undefined, standing: "running" as const }));
    return { ...resultOf(standings), removals };
  });
}

/** @throws StewardError usage */
async function parsedRule(rule: Rule): Promise<ParsedRule> {
  if (["every", "cron", "at"].filter((key) => key in rule).length !== 1) {
    throw new StewardError("usage", "a rule has one of `every`, `cron` and `at`");
  }
  if ("cron" in rule) return (await import("../protocol/cron.ts")).parseCron(rule.cron, rule.tz);
  if ("every" in rule) return parseEvery(rule.every);
  return parseAt(rule.at instanceof Date ? assertDate(rule.at, "at").toISOString() : rule.at);
}

/** A firing waits for its node until the next firing, so that missed firings do not accumulate. */
async function planOf(
  rule: ParsedRule,
  now: number,
): Promise<Omit<RulePlan, "expires"> & { readonly expiresMs: number }> {
  assertAhead(rule, now);
  const moment = await nextFiring(rule, now, now);
  const next = moment === undefined ? undefined : new Date(moment);
  if (rule.kind === "at") return { next, expiresMs: oneOffExpiry };
  if (rule.kind === "every") return { next, expiresMs: rule.everyMs };
  const { clockNotice, shortestGap } = await import("../protocol/cron.ts");
  return { next, expiresMs: shortestGap(rule, now), notice: clockNotice(rule, now) };
}

function scheduleOf(id: string, states: readonly ScheduleState[]): Schedule {
  const [first] = states;
  const next = states.flatMap((state) => state.next ?? []).toSorted()[0];
  return {
    id,
    nodes: states.map(({ address }) => address.node),
    rule: ruleOf(first?.rule ?? { kind: "cron", cron: "" }),
    next: next === undefined ? undefined : new Date(next),
    states,
  };
}

function ruleOf(rule: ParsedRule): Rule {
  if (rule.kind === "every") return { every: formatDuration(rule.everyMs) };
  return rule.kind === "at" ? { at: rule.at } : { cron: rule.cron.replace(/^0 /, ""), tz: rule.timeZone };
}
