import type { Broker } from "../broker/connection/broker.ts";
import { queuedFirings, readSchedules } from "../broker/read/schedules.ts";
import { Journal } from "../broker/write/journal.ts";
import { Queue } from "../broker/write/queue.ts";
import { removeQueued } from "../broker/write/remove.ts";
import { putSchedule, removeSchedule } from "../broker/write/schedules.ts";
import { cancellation, isFinal } from "../protocol/ack.ts";
import { StewardError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import type { Message } from "../protocol/message.ts";
import { originalOf } from "../protocol/original.ts";
import type { Rule } from "../protocol/schedule.ts";
import type { Address } from "../protocol/subjects.ts";
import { lookForNeverSeen, type Unseen } from "../send/never-seen.ts";
import { withinPatience } from "../send/within-patience.ts";
import { deadline } from "../util/deadline.ts";
import { formatDuration, parseDuration, type Duration } from "../util/duration.ts";
import { inParallel } from "../util/in-parallel.ts";
import { isSettled } from "./cancel-on-node.ts";

const requestsAtOnce = 50;

export interface ScheduleOptions extends Unseen {
  readonly rule: Rule;
  /** How long a firing waits for its node, in milliseconds. `expires` of the message takes precedence. */
  readonly expiresMs: number;
  /** How long to try to store the schedule, in milliseconds. Default: 30 s. */
  readonly storeMs?: number | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Stores a message for each node in the broker's scheduler. Schedules with the same id are replaced, so a second call
 * completes a call that was interrupted. Resolves to the time for which a firing waits for its node.
 * @throws StewardError like `send`; usage for a rule that the broker does not accept
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
      const reportUnseen = await lookForNeverSeen(broker, nodes, unseen);
      const prepared = await queue.ready(messages, patience);
      const longest = prepared.reduce(
        (ms, { expires }) => Math.min(ms, parseDuration(expires ?? "") ?? Infinity),
        Infinity,
      );
      const waits = messages.some(({ expires }) => expires !== undefined) ? longest : Math.min(expiresMs, longest);
      const expires = formatDuration(waits);
      await inParallel(prepared, requestsAtOnce, (message) =>
        // The message needs `expires` too. The broker removes an expired firing from its queue, but not from a daemon
        // that has received the firing.
        putSchedule(broker, { ...message, expires }, { rule, expiresMs: waits, attempt }, patience),
      );
      await reportUnseen();
      return expires;
    },
    storeMs,
  );
}

export interface Removal {
  readonly address: Address;
  /** The ids of the firings that will not run. */
  readonly cancelled: readonly string[];
  /** The ids of the firings that were running. These firings continue. */
  readonly running: readonly string[];
}

/** How long to wait for the broker, in milliseconds. */
const patience = 30_000;

/**
 * Removes a schedule from all its nodes or from one node. Resolves to the result for each node. The waiting firings are
 * cancelled, also if a node has already received them.
 * @throws StewardError notFound, streamsMissing; unconfirmed or stopped if the result is unknown
 */
export async function unschedule(
  broker: Broker,
  id: string,
  { node, by, signal }: { readonly node: string | undefined; readonly by: string; readonly signal: AbortSignal },
): Promise<Removal[]> {
  const schedules = await readSchedules(broker, { node, id });
  if (schedules.length === 0) {
    const where = node === undefined ? "" : ` for ${node}`;
    throw new StewardError("notFound", `schedule ${id} not found${where}; \`steward schedule ls\` lists the schedules`);
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
    throw new StewardError(signal.aborted ? "stopped" : "unconfirmed", `${trouble} that ${id} is removed; try again`);
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
  for await (const { id, sequence, data } of queuedFirings(broker, schedule, signal)) {
    // A message that was sent under the id of the schedule is not a firing.
    if (id === undefined) continue;
    const address = { ...schedule, id };
    const at = new Date().toISOString();
    const ack = { ...address, state: "cancelled", final: true, attempt: 0, instance, finishedAt: at } as const;
    const why = cancellation({ by, at, was: "queued" });
    const written = await journal.write(address, { ...ack, ...why, ...originalOf(data) }, 0, data);
    if (written.kind === "stored") cancelled.push(id);
    else if (!isFinal(written.link.ack)) running.push(id);
    // A running firing continues to its end. An ended firing may still be in the queue if its node is down.
    if (written.kind === "stored" || isSettled(written.link.ack)) await removeQueued(broker, sequence, signal);
  }
  return { cancelled, running };
}
