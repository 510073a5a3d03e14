import type { Broker } from "../broker/connection/broker.ts";
import { queuedFirings, readSchedules } from "../broker/read/schedules.ts";
import { Journal } from "../broker/write/journal.ts";
import { purgeQueued } from "../broker/write/purge.ts";
import { Queue } from "../broker/write/queue.ts";
import { putSchedule, removeSchedule } from "../broker/write/schedules.ts";
import { cancellation } from "../protocol/ack.ts";
import { StewardError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import type { Message } from "../protocol/message.ts";
import { originalOf } from "../protocol/original.ts";
import type { Rule } from "../protocol/schedule.ts";
import { messageSubject, type Address } from "../protocol/subjects.ts";
import { prepareNodes, type Unseen } from "../send/prepare-nodes.ts";
import { withinPatience } from "../send/within-patience.ts";
import { deadline } from "../util/deadline.ts";
import { formatDuration, parseDuration, type Duration } from "../util/duration.ts";
import { inParallel } from "../util/in-parallel.ts";

const requestsAtOnce = 50;

export interface ScheduleOptions extends Unseen {
  readonly rule: Rule;
  /** How long a firing waits for its node when the message does not say, in milliseconds. */
  readonly expiresMs: number;
  /** How long to try to have it stored, in milliseconds; 30 s unless told. */
  readonly storeMs?: number | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Puts a message for each node on the broker's scheduler. What the same id has there already is replaced, so that
 * sending again completes what was broken off. Resolves to how long a firing waits for its node.
 * @throws StewardError as `send`; usage for a rule that the broker does not take
 */
export async function scheduleMessages(
  broker: Broker,
  messages: readonly Message[],
  { rule, expiresMs, storeMs, signal, ...unseen }: ScheduleOptions,
): Promise<Duration> {
  const attempt = newId();
  const queue = new Queue(broker);
  return await withinPatience(
    messages,
    signal,
    async (patience) => {
      const nodes = messages.map(({ node }) => node);
      const tellOfUnseen = await prepareNodes(broker, queue, nodes, unseen, patience);
      const prepared = await queue.ready(messages, patience);
      const longest = prepared.reduce(
        (ms, { expires }) => Math.min(ms, parseDuration(expires ?? "") ?? Infinity),
        Infinity,
      );
      const waits = messages.some(({ expires }) => expires !== undefined) ? longest : Math.min(expiresMs, longest);
      const expires = formatDuration(waits);
      await inParallel(prepared, requestsAtOnce, (message) =>
        // In the message too: the broker takes a firing out of the queue, but not out of a daemon that holds it already.
        putSchedule(broker, { ...message, expires }, { rule, expiresMs: waits, attempt }, patience),
      );
      await tellOfUnseen();
      return expires;
    },
    storeMs,
  );
}

export interface Removal {
  readonly address: Address;
  /** The ids of the firings that will not run any more. */
  readonly cancelled: readonly string[];
  /** The ids of those that had begun, and go on. */
  readonly running: readonly string[];
}

/** How long the broker may take, in milliseconds. */
const patience = 30_000;

/**
 * Removes a schedule from its nodes, or from one, and tells of each. Its firings that wait are cancelled, also where a
 * node has taken them in already.
 * @throws StewardError notFound, streamsMissing; unconfirmed or stopped when that is not sure
 */
export async function unschedule(
  broker: Broker,
  id: string,
  { node, by, signal }: { readonly node: string | undefined; readonly by: string; readonly signal: AbortSignal },
): Promise<Removal[]> {
  const schedules = await readSchedules(broker, { node, id });
  if (schedules.length === 0) {
    const where = node === undefined ? "" : ` for ${node}`;
    throw new StewardError("notFound", `there is no schedule ${id}${where}; see \`steward schedule ls\``);
  }
  using limit = deadline(patience, signal);
  try {
    return await inParallel(schedules, requestsAtOnce, async ({ address }) => {
      await broker.untilAnswered(() => removeSchedule(broker, address), limit.signal);
      return { address, ...(await cancelFirings(broker, address, by, limit.signal)) };
    });
  } catch (error) {
    if (!limit.signal.aborted) throw error;
    const trouble = signal.aborted ? "interrupted before the broker confirmed" : "the broker did not confirm in time";
    throw new StewardError(signal.aborted ? "stopped" : "unconfirmed", `${trouble} that ${id} is removed; ask again`);
  }
}

async function cancelFirings(
  broker: Broker,
  schedule: Address,
  by: string,
  signal: AbortSignal,
): Promise<Pick<Removal, "cancelled" | "running">> {
  const journal = new Journal(broker, signal, () => undefined);
  const instance = newId();
  const [cancelled, running]: [string[], string[]] = [[], []];
  let others = false;
  for await (const { id, data } of queuedFirings(broker, schedule, signal)) {
    if (id === undefined) {
      others = true;
      continue;
    }
    const address = { ...schedule, id };
    const at = new Date().toISOString();
    const ack = { ...address, state: "cancelled", final: true, attempt: 0, instance, finishedAt: at } as const;
    const why = cancellation({ by, at, was: "queued" });
    const written = await journal.write(address, { ...ack, ...why, ...originalOf(data) }, 0, data);
    (written.kind === "stored" ? cancelled : running).push(id);
  }
  // What runs stays until it ends; the node itself then acknowledges what is cancelled.
  if (cancelled.length > 0 && running.length === 0 && !others) {
    await broker.untilAnswered(() => purgeQueued(broker, messageSubject(broker.namespace, schedule)), signal);
  }
  return { cancelled, running };
}
