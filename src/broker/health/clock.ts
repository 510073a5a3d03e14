import type { Broker } from "../connection/broker.ts";
import { streamInfo } from "../read/stream-info.ts";

/** How far this machine's clock stands before the broker's, in milliseconds, and how much of it is uncertain. */
export interface ClockOffset {
  readonly offsetMs: number;
  readonly uncertainMs: number;
}

/** The time by the broker's clock, in milliseconds since 1970: what is stored, fires and expires goes by it. */
export async function brokerTime(broker: Broker): Promise<number> {
  const { ts = "" } = await streamInfo(broker, broker.names.schedules);
  return Date.parse(ts);
}

/** Compares the clocks by the times in the broker's answers; of several, the quickest answer tells best. */
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
