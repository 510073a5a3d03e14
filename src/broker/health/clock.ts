import type { Broker } from "../connection/broker.ts";
import { streamInfo } from "../read/stream-info.ts";

/** How many milliseconds this machine's clock is ahead of the broker's, and how uncertain that is. */
export interface ClockOffset {
  readonly offsetMs: number;
  readonly uncertainMs: number;
}

/** The time by the broker's clock, in milliseconds since 1970. Storing, firing and expiring go by it. */
export async function brokerTime(broker: Broker): Promise<number> {
  const { ts = "" } = await streamInfo(broker, broker.names.schedules);
  return Date.parse(ts);
}

/** Compares the clocks by the times in the broker's answers; the quickest of several answers is the most exact. */
export async function clockOffset(broker: Broker): Promise<ClockOffset> {
  let best: ClockOffset | undefined;
  for (let tries = 0; tries < 3; tries++) {
    const [asked, began] = [Date.now(), performance.now()];
    const { ts = "" } = await streamInfo(broker, broker.names.messages);
    const half = (performance.now() - began) / 2;
    if (best === undefined || half < best.uncertainMs) {
      best = { offsetMs: Math.round(asked + half - Date.parse(ts)), uncertainMs: half };
    }
  }
  return best ?? { offsetMs: 0, uncertainMs: Infinity };
}
