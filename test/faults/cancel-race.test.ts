import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Broker } from "../../src/broker/connection/broker.ts";
import type { Cancellation } from "../../src/operate/cancel-on-node.ts";
import { cancel } from "../../src/operate/cancel.ts";
import type { Ack } from "../../src/protocol/ack.ts";
import { aMessage, finalsById, putMessage, readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { seeded } from "../support/random.ts";
import { until } from "../support/until.ts";

// Attacks: of a cancel and a start, whoever writes into the journal first has its way, and a message has one outcome.

let fleet: Fleet;
let broker: Broker;
beforeEach(async () => {
  fleet = await startFleet(["ship1", "central"]);
  broker = new Broker(fleet.nc, "steward");
});
afterEach(() => fleet[Symbol.asyncDispose]());

/** What each cancel came to, by id. */
async function cancelAll(ids: readonly string[]): Promise<Map<string, Cancellation>> {
  const decided = new Map<string, Cancellation>();
  const options = { by: "test", waitMs: 20_000 };
  await Promise.all(ids.map((id) => cancel(broker, id, options, (one) => decided.set(id, one))));
  return decided;
}

async function linesOf(file: string): Promise<string[]> {
  return (await readFile(file, "utf8").catch(() => "")).split("\n").filter(Boolean);
}

const kindOf = ({ state, cancelled }: Ack): string =>
  cancelled === undefined ? state : `${state} while ${cancelled.was}`;

it.for([
  // It starts when the one before it ends.
  { moment: "start", before: ["sleep 0.01"], rounds: 200, late: ["cancelled while running", "succeeded"] },
  { moment: "end", before: [], rounds: 60, late: ["succeeded"] },
])(
  "$rounds cancels that race with the $moment of a run: one outcome each, and none that ran is cancelled while queued",
  async (race) => {
    const random = seeded(7);
    const effects = join(fleet.nodes["ship1"]!.dataDir, "effects");
    const kinds = new Map<string, string>();
    let wait = 20;
    for (let round = 0; round < race.rounds; round++) {
      const id = `round-${round}`;
      for (const line of race.before) await putMessage(fleet.nc, aMessage({ subject: "shell", data: [line] }));
      await putMessage(fleet.nc, aMessage({ id, subject: "shell", data: [`echo ${id} >> ${effects}; sleep 0.02`] }));
      await delay(wait + random(6));
      const one = (await cancelAll([id])).get(id);
      if (one?.kind !== "ended") throw new Error(`not decided: ${JSON.stringify(one)}`);
      kinds.set(id, kindOf(one.ack));
      // Later after each that came early, and the other way round: so it stays about the moment.
      wait = race.late.includes(kindOf(one.ack)) ? Math.max(0, wait - 3) : wait + 3;
    }
    await untilAnswered(fleet.nc);

    const finals = finalsById(await readAcks(fleet.nc));
    const ran = await linesOf(effects);
    for (const [id, kind] of kinds) {
      expect(finals.get(id)?.map(kindOf)).toEqual([kind]);
      const runs = ran.filter((line) => line === id).length;
      if (kind === "cancelled while queued") expect([id, runs]).toEqual([id, 0]);
      if (kind === "succeeded") expect([id, runs]).toEqual([id, 1]);
    }
    const late = [...kinds.values()].filter((kind) => race.late.includes(kind)).length;
    console.log(`cancels about the ${race.moment}: ${kinds.size - late} before it, ${late} after it`);
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThan(kinds.size);
  },
);

it("cancels that race with a daemon's return: a message that is cancelled while queued does not run", async () => {
  const ship1 = fleet.nodes["ship1"]!;
  const effects = join(ship1.dataDir, "effects");
  await ship1.kill();
  const ids = Array.from({ length: 100 }, (_, number) => `returning-${number}`);
  for (const id of ids)
    await putMessage(fleet.nc, aMessage({ id, subject: "shell", data: [`echo ${id} >> ${effects}`] }));
  const back = ship1.restart();
  await until(async () => (await readAcks(fleet.nc)).length > 10);
  const decided = await cancelAll(ids.toReversed());
  await back;
  await untilAnswered(fleet.nc);
  const finals = finalsById(await readAcks(fleet.nc));
  const ran = await linesOf(effects);
  for (const id of ids) {
    const [final, ...more] = finals.get(id) ?? [];
    expect(more).toEqual([]);
    expect(decided.get(id)).toMatchObject({ kind: "ended", ack: final });
    if (kindOf(final!) === "cancelled while queued") expect(ran).not.toContain(id);
  }
  const kinds = new Set([...finals.values()].map(([final]) => kindOf(final!)));
  expect(kinds).toContain("cancelled while queued");
  expect(kinds).toContain("succeeded");
});
