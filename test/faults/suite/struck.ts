import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { isFinal, type Ack } from "../../../src/protocol/ack.ts";
import { newId } from "../../../src/protocol/ids.ts";
import { send } from "../../../src/send/send.ts";
import { aMessage, readAcks, untilAnswered, untilConnected, watchdogLimit } from "../../support/broker-state.ts";
import { until } from "../../support/until.ts";
import type { Stage } from "./stage.ts";
import type { FaultEvent, Nemesis } from "./world.ts";

export interface Struck {
  /** The ACKs of what was sent to the first node from a bit before until a bit after the strike. */
  readonly acks: readonly Ack[];
  readonly reported: readonly FaultEvent[];
  /** Between the ends of two messages, in milliseconds. */
  readonly longestSilence: number;
}

/**
 * Strikes as briefly as the nemesis does, at the first node (or server) there is, under a trickle of messages to that
 * node. Then each of them has ended once, in order.
 */
export async function struck(stage: Stage, nemesis: Nemesis): Promise<Struck> {
  const [node] = stage.nodes;
  const ids: string[] = [];
  const over = new AbortController();
  const trickle = (async () => {
    await using broker = await openBroker(
      { servers: stage.url, namespace: "steward" },
      { name: "trickle", waitMs: Infinity },
    );
    while (!over.signal.aborted) {
      const id = newId();
      await send(broker, [aMessage({ id, node: node!.name })], { waitMs: 0 });
      ids.push(id);
      await delay(10);
    }
  })();
  const reported: FaultEvent[] = [];
  await delay(200);
  await nemesis.strike({ ...stage, random: () => 0, note: (event) => void reported.push(event) });
  await delay(200);
  over.abort();
  await trickle;
  await untilConnected(stage.nc);

  let acks: Ack[] = [];
  let finals: Ack[] = [];
  let trouble: unknown;
  const haveEnded = async (): Promise<boolean> => {
    try {
      acks = (await readAcks(stage.nc)).filter(({ id }) => ids.includes(id));
    } catch (error) {
      trouble = error;
    }
    finals = acks.filter(isFinal);
    return finals.length >= ids.length;
  };
  const missing = (): string => {
    const unended = ids.filter((id) => !finals.some((ack) => ack.id === id));
    return `${unended.length} of ${ids.length} have not ended: ${unended.join(" ")}; last trouble: ${String(trouble)}`;
  };
  await until(haveEnded, watchdogLimit, missing);
  await untilAnswered(stage.nc, watchdogLimit);
  expect(finals.map(({ id, state }) => `${id} ${state}`)).toEqual(ids.map((id) => `${id} succeeded`));
  const ends = finals.map(({ finishedAt }) => Date.parse(finishedAt!));
  return { acks, reported, longestSilence: Math.max(...ends.map((end, at) => end - (ends[at - 1] ?? end))) };
}
