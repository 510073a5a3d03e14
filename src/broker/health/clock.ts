import type { Broker } from "../connection/broker.ts";
import { streamInfo } from "../read/stream-info.ts";

/**
 * The difference between this machine's clock and the broker's clock, and the uncertainty of the difference, in
 * milliseconds. The difference is positive if this machine's clock is ahead.
 */
export interface ClockOffset {
  readonly offsetMs: number;
  readonly uncertainMs: number;
}

/**
 * The time by the broker's clock, in milliseconds since 1970. The broker uses this clock to store, to fire and to
 * expire messages.
 */
export async function brokerTime(broker: Broker): Promise<number> {
  const { ts = "" } = await streamInfo(broker, broker.names.schedules);
  return Date.parse(ts);
}

/**
 * Compares the clocks with the help of the times in the broker's answers. The quickest of several answers gives the
 * most exact result.
 */
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
