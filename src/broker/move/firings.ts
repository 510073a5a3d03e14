import type { StreamInfo, StreamSourceInfo } from "@nats-io/jetstream";
import { setTimeout as delay } from "node:timers/promises";
import { StewardError } from "../../protocol/errors.ts";
import { SilenceError, type Broker } from "../connection/broker.ts";
import { manageStream } from "../connection/packages.ts";
import { lastOnSubject } from "../read/direct-get.ts";
import { publishOnce } from "../write/publish.ts";

/** `seq` is the last sequence that was taken from the source. Only nats-server 2.15 and newer report it. */
type Source = StreamSourceInfo & { readonly seq?: number };

/** The time to wait until the new queue takes over firings, in milliseconds. Usually, 200 ms are enough. */
const patience = 30_000;

/**
 * The first sequence in the stream of schedules that the old queue has not taken over. The new queue must begin there.
 * By default it would begin at the first message, and take over the last firing of each schedule again. Such a firing
 * could run twice if the log no longer has its ACKs.
 */
export async function firingsFrom(broker: Broker, { sources, state }: StreamInfo): Promise<number> {
  const { schedules } = broker.names;
  const taken = (sources as readonly Source[] | undefined)?.find(({ name }) => name === schedules)?.seq ?? 0;
  if (taken > 0) return taken + 1;
  // If the server does not report the progress, or has lost it, the new queue begins after the last message of the old
  // queue.
  const stored = (state as { readonly last_ts?: string }).last_ts ?? "";
  if (isNever(stored)) return 1;
  return manage(broker, schedules, async ({ direct, streams }) => {
    const after = await direct.getMessage(schedules, { start_time: stored });
    return after?.seq ?? (await streams.info(schedules)).state.last_seq + 1;
  });
}

/**
 * If the queue never had a message, stores one on `subject`, which expires after one second. Without it, a broker that
 * restarts would take over the firings from the first one on. Rejects with silence (see `isSilence`) if it is unknown
 * whether the message is stored.
 */
export async function markAsUsed(broker: Broker, { state }: StreamInfo, subject: string): Promise<void> {
  if (!isNever((state as { readonly last_ts?: string }).last_ts ?? "")) return;
  const result = await publishOnce(broker, subject, "", { "Nats-TTL": "1s" });
  if (result.kind === "unknown") throw new SilenceError(result.reason);
  if (result.kind === "refused")
    throw new StewardError("brokerRefused", `the new queue stores nothing: ${result.reason}`);
}

/**
 * Waits until the queue has taken over all firings from the sequence at which it must begin.
 * @throws StewardError brokerRefused
 */
export async function sourceRuns(broker: Broker): Promise<void> {
  const { names, namespace } = broker;
  const subject = `${namespace}.*.scheduled.*.*.*`;
  const last = await broker.untilAnswered(() => lastOnSubject(broker, names.schedules, subject));
  for (const end = performance.now() + patience; performance.now() < end; await delay(50)) {
    const { sources, config } = await manage(broker, names.messages, ({ streams }) => streams.info(names.messages));
    const [source] = (sources ?? []) as readonly Source[];
    const from = config.sources?.[0]?.opt_start_seq ?? 0;
    const due = last === undefined || last.sequence < from ? 0 : last.sequence;
    if (source !== undefined && source.active >= 0 && source.lag === 0 && (source.seq ?? due) >= due) return;
  }
  throw new StewardError(
    "brokerRefused",
    `${names.messages} does not take over the firings of ${names.schedules} yet: see the broker's log, and repeat`,
  );
}

async function manage<T>(broker: Broker, stream: string, act: Parameters<typeof manageStream<T>>[2]): Promise<T> {
  const failed = `the broker does not show the state of ${stream}`;
  return broker.untilAnswered(() => manageStream(broker, { stream, failed }, act));
}

/** True for the time that the broker reports for a stream that never had a message. */
function isNever(time: string): boolean {
  return !(Date.parse(time) > 0);
}
