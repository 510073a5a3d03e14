import { spawnSync } from "node:child_process";
import type { Fleet } from "./fleet.ts";
import { median } from "./median.ts";
import type { Job, Target } from "./sending.ts";

/** One thing that is measured: each call of `floor` or `steward` gives the figure of one turn. */
export interface Case {
  readonly name: string;
  /** Milliseconds (less is better), or messages a second (more is better). */
  readonly unit: "ms" | "/s";
  /** What the ratio to the floor must not be worse than. */
  readonly bound?: number;
  readonly floor: () => Promise<number>;
  readonly steward: () => Promise<number>;
}

type Work = Omit<Target, "node">;

const ping: Work = { messageType: "command", subject: "ping", data: [] };
const exec: Work = { messageType: "command", subject: "exec", data: ["echo", "hi"] };
const log: Work = { messageType: "event", subject: "log", data: [`${"a line of a log file ".repeat(5)}\n`] };

/** Messages in flight when throughput is measured; a lane runs them one after the other all the same. */
const inFlight = 256;

/** From send to final ACK on open connections, and how much of it a second. */
export function brokerCases(fleet: Fleet, quick: boolean): Case[] {
  const messages = (count: number): number => (quick ? count / 2 : count);
  const roundTrip = (count: number) => ({ kind: "roundTrip", count: messages(count), inFlight: 1 }) as const;
  const throughput = (count: number) => ({ kind: "throughput", count: messages(count), inFlight }) as const;
  const beside = (work: Work, how: Omit<Job, "target">): Pick<Case, "floor" | "steward"> => ({
    floor: () => fleet.floorSender.ask({ ...how, target: { ...work, node: "floor" } }),
    steward: () => fleet.stewardSender.ask({ ...how, target: { ...work, node: "ship1" } }),
  });
  return [
    { name: "round trip, ping", unit: "ms", bound: 1.6, ...beside(ping, roundTrip(200)) },
    { name: "round trip, exec echo", unit: "ms", bound: 1.4, ...beside(exec, roundTrip(100)) },
    { name: "round trip, log", unit: "ms", ...beside(log, roundTrip(200)) },
    { name: "throughput, ping", unit: "/s", ...beside(ping, throughput(1000)) },
    { name: "throughput, exec echo", unit: "/s", ...beside(exec, throughput(100)) },
    { name: "throughput, log", unit: "/s", ...beside(log, throughput(1000)) },
  ];
}

/** The whole program, from start to exit, beside `node -e 0`. */
export function programCases(fleet: Fleet): Case[] {
  const whole = (args: readonly string[]) => async (): Promise<number> => median([1, 2, 3].map(() => duration(args)));
  const floor = whole(["-e", "0"]);
  const steward = (...args: string[]) => whole([fleet.program, ...args]);
  return [
    { name: "whole process, --version", unit: "ms", bound: 1.5, floor, steward: steward("--version") },
    {
      name: "whole process, send of a ping",
      unit: "ms",
      bound: 3,
      floor,
      steward: steward("send", "ship1", "ping", "--server", fleet.url),
    },
  ];
}

function duration(args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}
