import { isFinal } from "../../../src/protocol/ack.ts";
import { keyOf, laneKeyOf, type Effect, type History, type Sent } from "./history.ts";

/** The history, sorted by message and by lane. */
export interface Facts {
  readonly history: History;
  readonly sent: ReadonlyMap<string, Sent>;
  readonly acks: ReadonlyMap<string, History["acks"]>;
  readonly effects: ReadonlyMap<string, readonly Effect[]>;
  /** The lanes that were sent to. */
  readonly lanes: readonly LaneFacts[];
}

export interface LaneFacts {
  readonly lane: string;
  readonly sent: readonly Sent[];
  readonly effects: readonly Effect[];
  /** The messages that ended, in the order of their final ACKs. */
  readonly finals: readonly string[];
  /** How often a nemesis killed the lane's daemon. */
  readonly kills: number;
}

export function factsOf(history: History): Facts {
  const effects = groupBy(history.effects, ({ node, lane }) => `${node}.${lane}`);
  const finals = groupBy(history.acks.filter(isFinal), laneKeyOf);
  const lanes = [...groupBy(history.sent, ({ message }) => laneKeyOf(message))].map(([lane, sent]) => ({
    lane,
    sent,
    effects: effects.get(lane) ?? [],
    finals: [...new Set(finals.get(lane)?.map(keyOf))],
    kills: history.kills.filter(({ node }) => node === sent[0]?.message.node).length,
  }));
  return {
    history,
    sent: new Map(history.sent.map((sent) => [keyOf(sent.message), sent])),
    acks: groupBy(history.acks, keyOf),
    effects: groupBy(history.effects, effectKey),
    lanes,
  };
}

export function effectKey({ node, lane, id }: Effect): string {
  return `${node}.${lane}.${id}`;
}

export function groupBy<T>(list: Iterable<T>, keyOfOne: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(keyOfOne(one));
    if (group === undefined) groups.set(keyOfOne(one), [one]);
    else group.push(one);
  }
  return groups;
}
