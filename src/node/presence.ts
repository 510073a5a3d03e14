import { lanesInBeat, type Presence } from "../protocol/presence.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { laneBeat } from "./lane-report.ts";
import type { Parts } from "./parts.ts";
import { thisProcess } from "../exec/process-identity.ts";

/** The daemon's report on itself, in its heartbeat and in live control. */
export function presenceOf(
  { instance, startedAt, troubles }: Pick<Parts, "instance" | "startedAt" | "troubles">,
  dispatcher: Pick<Dispatcher, "lanes">,
): Presence {
  const lanes = lanesInBeat(dispatcher.lanes().map(laneBeat));
  return { instance, startedAt, ...identity, ...lanes, troubles: troubles.list() };
}

const identity = thisProcess();
