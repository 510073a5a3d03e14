import { startFleet, type Fleet } from "./fleet.ts";
import { measure, type Case } from "./measure.ts";
import type { Row, Suite } from "./result.ts";
import { exec, log, ping, type Work } from "./kinds.ts";
import type { Job } from "./sending.ts";

const noop: Work = { messageType: "event", subject: "noop", data: [] };

/** Messages in flight when throughput is measured; a lane still runs them one after the other. */
const inFlight = 256;

const brokers = [
  { name: "fsync on", fsync: true, cluster: false, quickly: true },
  { name: "fsync off", fsync: false, cluster: false, quickly: true },
  { name: "R3, fsync on", fsync: true, cluster: true, quickly: false },
];

export const messages: Suite = {
  name: "messages",
  describe: "one message from send to final ACK on open connections, and how many a second",
  run: async ({ quick, rounds, fsync: wanted, only, profiles }) => {
    const rows: Row[] = [];
    for (const { name, fsync, cluster, quickly } of brokers) {
      if ((wanted !== undefined && wanted !== fsync) || (quick && !quickly)) continue;
      await using fleet = await startFleet({ fsync, cluster, profiles });
      for (const one of casesOf(fleet, quick)) {
        if (one.name.includes(only)) rows.push(await measure(one, name, rounds));
      }
    }
    return { rows };
  },
};

function casesOf(fleet: Fleet, quick: boolean): Case[] {
  const count = (full: number): number => (quick ? full / 2 : full);
  const roundTrip = (full: number) => ({ kind: "roundTrip", count: count(full), inFlight: 1 }) as const;
  const throughput = (full: number) => ({ kind: "throughput", count: count(full), inFlight }) as const;
  const beside = (jobFor: (node: string) => Job, node: string = "ship1"): Pick<Case, "floor" | "steward"> => ({
    floor: () => fleet.floorSender.ask(jobFor("floor")),
    steward: () => fleet.stewardSender.ask(jobFor(node)),
  });
  const job =
    (work: Work, how: ReturnType<typeof roundTrip | typeof throughput>) =>
    (node: string): Job => ({ ...how, target: { ...work, node } });
  return [
    { name: "round trip, ping", unit: "ms", bound: 1.3, ...beside(job(ping, roundTrip(200))) },
    { name: "round trip, exec echo", unit: "ms", bound: 1.2, ...beside(job(exec, roundTrip(100))) },
    { name: "round trip, log", unit: "ms", ...beside(job(log, roundTrip(200))) },
    { name: "throughput, ping", unit: "/s", bound: 0.8, ...beside(job(ping, throughput(1000))) },
    { name: "throughput, exec echo", unit: "/s", bound: 0.85, ...beside(job(exec, throughput(100))) },
    {
      name: "throughput, exec echo beside bare spawns",
      unit: "/s",
      ...beside(job(exec, throughput(100))),
      floor: () => fleet.floorSender.ask({ kind: "spawns", argv: exec.data, count: count(100) }),
    },
    { name: "throughput, no-op event", unit: "/s", bound: 0.8, ...beside(job(noop, throughput(2000)), "ship2") },
    { name: "throughput, log", unit: "/s", ...beside(job(log, throughput(1000))) },
    {
      name: "log lines, in order",
      unit: "/s",
      bound: 0.7,
      ...beside((node) => ({ kind: "lines", node, count: count(40_000) })),
    },
  ];
}
