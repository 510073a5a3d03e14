import { isFinal } from "../../../src/protocol/ack.ts";
import { typeAndSubject, parseMessageSubject } from "../../../src/protocol/subjects.ts";
import { effectKey, factsOf, type Facts, type LaneFacts } from "./facts.ts";
import { keyOf, type History } from "./history.ts";

/** A guarantee that did not hold, with what shows it. */
export interface Violation {
  readonly kind: ViolationKind;
  /** The message as `node.messageType.subject.id`; the lane, where no single message shows it. */
  readonly where: string;
  readonly evidence: string;
}

export type ViolationKind =
  /** Reported stored, and neither in the queue nor in the log. */
  | "lost"
  | "noFinal"
  | "twoFinals"
  | "ackBehindFinal"
  | "wrongOutcome"
  /** The sender was told of another end than the log. */
  | "wronglyTold"
  /** Recorded as done, and nothing was done. */
  | "notRun"
  /** A run or an ACK that no message stands behind. */
  | "notSent"
  | "reordered"
  | "atMostOnceRanAgain"
  /** A further run of an at-least-once message that no kill of its daemon explains. */
  | "unexplainedRun"
  | "wrongState"
  | "stillQueued"
  /** What the harness met and cannot explain. */
  | "surprise";

/** Holds each guarantee against what happened. The commands of the workload succeed, unless they are interrupted. */
export function check(history: History): Violation[] {
  const facts = factsOf(history);
  const failures = history.strikes.flatMap(({ nemesis, failure }) => (failure ? [`${nemesis}: ${failure}`] : []));
  return [
    ...endings(facts),
    ...runs(facts),
    ...facts.lanes.flatMap((lane) => [...order(lane), ...furtherRuns(lane, facts)]),
    ...stateEntries(history),
    ...history.queued.map((subject) => violation("stillQueued", subject, "is in the queue at the end")),
    ...[...history.surprises, ...failures].map((text) => violation("surprise", "the harness", text)),
  ];
}

/** Nothing stored is lost, and each message ends in exactly one final ACK, which is its last. */
function* endings({ history, sent, acks }: Facts): Generator<Violation> {
  const queued = new Set(history.queued.map((subject) => keyOf(parseMessageSubject(subject)!)));
  for (const [key, { outcome, sender }] of sent) {
    if (outcome !== "stored" || acks.has(key)) continue;
    const evidence = `${sender} was told that it is stored; no ACK`;
    yield queued.has(key)
      ? violation("noFinal", key, evidence)
      : violation("lost", key, `${evidence}, not in the queue`);
  }
  for (const [key, chain] of acks) {
    const seen = chain.map(({ state, attempt, instance }) => `${state} ${attempt} by ${instance}`).join(", ");
    const finals = chain.filter(isFinal);
    if (finals.length === 0) yield violation("noFinal", key, seen);
    if (finals.length > 1) yield violation("twoFinals", key, seen);
    if (finals.length === 1 && !isFinal(chain.at(-1)!)) yield violation("ackBehindFinal", key, seen);
    const { message, reported } = sent.get(key) ?? {};
    const [first] = finals;
    if (message === undefined || first === undefined) continue;
    if (reported !== undefined && isFinal({ state: reported }) && reported !== first.state) {
      yield violation("wronglyTold", key, `its sender was told ${reported}; ${seen}`);
    }
    if (first.state === "succeeded") continue;
    const wasKilled = history.kills.some(({ node }) => node === message.node);
    const mayBe = first.state === "interrupted" && message.delivery === "atMostOnce" && wasKilled;
    if (!mayBe) yield violation("wrongOutcome", key, seen);
  }
}

/** What is recorded as done was done, and nothing was done or recorded that nobody sent. */
function* runs({ sent, acks, effects }: Facts): Generator<Violation> {
  for (const [key, chain] of acks) {
    if (sent.has(key)) {
      const succeeded = chain.some(({ state }) => state === "succeeded");
      if (succeeded && !effects.has(key)) yield violation("notRun", key, "succeeded, without an effect");
    } else if (typeAndSubject(chain[0]!) !== "event.error") {
      yield violation("notSent", key, "an ACK for what nobody sent");
    }
  }
  for (const key of effects.keys()) {
    if (!sent.has(key)) yield violation("notSent", key, "an effect of what nobody sent");
  }
}

/**
 * The first runs of a lane, and its final ACKs, stand in the order in which each sender's messages were stored; both
 * stand in the same order, whoever sent; and a further run comes before the next message's first.
 */
function* order({ sent, effects, finals }: LaneFacts): Generator<Violation> {
  const ran = effects.map(effectKey);
  const firsts = [...new Set(ran)];
  const places = new Map(sent.map((one, place) => [keyOf(one.message), { place, ...one }]));
  for (const [what, keys] of [
    ["ran", firsts],
    ["ended", finals],
  ] as const) {
    const latest = new Map<string, { readonly place: number; readonly key: string }>();
    for (const key of keys) {
      const { place = 0, sender = "", outcome } = places.get(key) ?? {};
      if (outcome !== "stored") continue;
      const before = latest.get(sender);
      if (before === undefined || before.place < place) latest.set(sender, { place, key });
      else yield violation("reordered", key, `${what} behind ${before.key}, which was stored after it`);
    }
  }
  const [ended, begun] = [new Set(finals), new Set(firsts)];
  const endedInOrder = finals.filter((key) => begun.has(key));
  const at = firsts.filter((key) => ended.has(key)).findIndex((key, place) => key !== endedInOrder[place]);
  if (at >= 0) yield violation("reordered", endedInOrder[at]!, "ended in another order than it ran");
  const seen = new Set<string>();
  for (const [place, key] of ran.entries()) {
    const before = ran[place - 1];
    if (before !== undefined && before !== key && seen.has(key)) {
      yield violation("reordered", key, `ran again behind ${before}, which comes after it`);
    }
    seen.add(key);
  }
}

/** At most once means that; at least once, a lane may run one message again for each kill of its daemon. */
function* furtherRuns({ effects, kills }: LaneFacts, { sent }: Facts): Generator<Violation> {
  const lives = new Map<string, Set<string | undefined>>();
  let explained = 0;
  for (const effect of effects) {
    const key = effectKey(effect);
    const former = lives.get(key);
    lives.set(key, new Set(former).add(effect.instance));
    if (former === undefined) continue;
    const again = `ran again, by ${effect.instance ?? "a daemon"}; kills of that daemon: ${kills}`;
    if (sent.get(key)?.message.delivery === "atMostOnce") yield violation("atMostOnceRanAgain", key, again);
    else if (effect.instance !== undefined && former.has(effect.instance)) {
      yield violation("unexplainedRun", key, `${again}, and the same life of it ran it before`);
    } else if (++explained > kills) yield violation("unexplainedRun", key, again);
  }
}

/** The bucket holds the last ACK of each lane. */
function* stateEntries({ latest, state }: History): Generator<Violation> {
  for (const key of new Set([...latest.keys(), ...state.keys()])) {
    const [wanted, found] = [latest.get(key), state.get(key)];
    if (wanted !== found)
      yield violation("wrongState", key, `holds ${excerpt(found)}; the last ACK is ${excerpt(wanted)}`);
  }
}

function excerpt(text: string | undefined): string {
  return text === undefined ? "nothing" : text.slice(0, 200);
}

function violation(kind: ViolationKind, where: string, evidence: string): Violation {
  return { kind, where, evidence };
}
