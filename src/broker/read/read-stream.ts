import { once } from "node:events";
import { onAbort } from "../../util/on-abort.ts";
import { isSilence, SilenceError, type Broker } from "../connection/broker.ts";
import type { Stored } from "./direct-get.ts";
import { Reader, type ReaderOptions } from "./reader.ts";
import { streamInfo, type StreamInfo } from "./stream-info.ts";

export interface ReadOptions extends Omit<ReaderOptions, "from" | "follow"> {
  /** The position to begin at: as in `ReaderOptions`, or `new` for the position after the last message. */
  readonly from: Exclude<ReaderOptions["from"], "lastOfEach"> | "new";
  /** The last sequence to read. */
  readonly until?: number | undefined;
  /** If true, waits for new messages. If false, the reading ends at the last message. */
  readonly follow?: boolean | undefined;
  /** When aborted, ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

/** The time to wait for a broker that is away, in milliseconds. With `follow`, there is no limit. */
const patience = 10_000;

/**
 * Reads messages of a stream in their order, each message once. Leaves no consumer behind. After a lost connection, the
 * reading continues after the last message that it returned. With `follow`, it waits for the broker without a limit.
 * Otherwise the broker must be back within 10 s.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function* readStream(broker: Broker, stream: string, options: ReadOptions): AsyncGenerator<Stored> {
  const { until = Infinity, follow = false, signal, ...reading } = options;
  const isOver = (): boolean => signal?.aborted === true;
  const { created: before, state } = follow || options.from === "new" ? await streamInfo(broker, stream) : {};
  let created = before;
  let from = options.from === "new" ? (state?.last_seq ?? 0) + 1 : options.from;
  for (let tries = 0; !isOver(); tries++) {
    const reader = new Reader(broker, stream, { ...reading, from, follow });
    const stop = (): void => reader.stop();
    const forget = onAbort(signal, stop);
    try {
      for await (const message of reader.messages()) {
        if (message.sequence > until) return;
        tries = 0;
        from = message.sequence + 1;
        yield message;
        if (message.sequence === until) return;
      }
      return;
    } catch (error) {
      if (!isSilence(error)) throw error;
    } finally {
      forget();
    }
    if (tries > 0 && !isOver()) await broker.backOff(tries, signal).catch(() => {});
    const now = await infoOnceBack(broker, stream, { patience: follow ? undefined : patience, signal });
    if (now === undefined) return;
    // The stream was deleted and created again, so its sequences begin again at low numbers.
    if (follow && now.created !== created) [from, created] = ["first", now.created];
  }
}

/** Waits until the broker answers again. Undefined if `signal` ends the wait. */
async function infoOnceBack(
  broker: Broker,
  stream: string,
  { patience: ms, signal }: { readonly patience: number | undefined; readonly signal: AbortSignal | undefined },
): Promise<StreamInfo | undefined> {
  const enough = ms === undefined ? undefined : AbortSignal.timeout(ms);
  const waiting = AbortSignal.any([signal, enough].filter((one) => one !== undefined));
  try {
    // When the wait ends, the answer to a request that is still open is ignored.
    return await Promise.race([broker.untilAnswered(() => streamInfo(broker, stream), waiting), aborted(waiting)]);
  } catch (error) {
    if (signal?.aborted === true) return undefined;
    if (enough?.aborted !== true) throw error;
    throw new SilenceError("the connection to the broker was lost, and did not come back");
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, "abort");
  throw signal.reason;
}
