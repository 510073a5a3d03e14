import type { Broker } from "../broker/connection/broker.ts";
import { askNode, type ControlAnswer } from "../broker/control/ask-node.ts";
import { firstQueued, queuedFiring, type Queued } from "../broker/read/queued.ts";
import type { Journal, Link } from "../broker/write/journal.ts";
import { removeMessage } from "../broker/write/remove-message.ts";
import { cancellation, isFinal, type Ack, type Cancelled } from "../protocol/ack.ts";
import { isCancelling, type CancelRequest } from "../protocol/control.ts";
import { originalOf } from "../protocol/original.ts";
import { messageSubject, scheduleIdOf, type Address } from "../protocol/subjects.ts";

/** The result of a cancel on one node. */
export type Cancellation =
  /**
   * The message has a final ACK: `cancelled`, or an earlier final ACK. `before` is true if the message had the final
   * ACK before the cancel was requested.
   */
  | { readonly kind: "ended"; readonly address: Address; readonly ack: Ack; readonly before: boolean }
  /** The end of the message is not known yet. */
  | { readonly kind: "undecided"; readonly address: Address; readonly reason: string };

/** The operator who cancels, and the parts that the cancel needs. */
export interface Canceller {
  readonly broker: Broker;
  readonly journal: Journal;
  readonly by: string;
  /** The id of the writer in the journal. No daemon and no other cancel has the same id. */
  readonly instance: string;
  /** How long running messages may take to end, in milliseconds. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** How long a daemon may take to answer, in milliseconds. */
const answerWait = 2000;

/**
 * Cancels a message on one node. Writes the final ACK if the message has not started or its daemon no longer runs.
 * Otherwise asks the daemon, which ends the run. `known` is the message in the queue, if the caller has read it. Rejects
 * if `signal` aborts.
 */
export async function cancelOnNode(address: Address, canceller: Canceller, known?: Queued): Promise<Cancellation> {
  const { broker, journal, signal, waitMs } = canceller;
  const queued = known ?? (await inQueue(address, canceller));
  const original = queued === undefined ? {} : originalOf(queued.data);
  let was: Cancelled["was"] = "queued";
  for (let last: Link | undefined; ;) {
    const ack = { ...cancelledAck(address, was, canceller), attempt: last?.ack.attempt ?? 0, ...original };
    const written = await journal.write(address, ack, last?.sequence ?? 0, queued?.data);
    if (written.kind === "stored") {
      // The message may have started just now. The message may also be an event, which has no ACK for its start. The
      // daemon ends such a run too.
      if (was === "running" || address.messageType === "event") await askDaemon(address, canceller);
      await removeMessage(broker, address, signal);
      return { kind: "ended", address, ack, before: false };
    }
    last = written.link;
    if (!isFinal(last.ack)) {
      was = "running";
      const answer = await askDaemon(address, canceller);
      if (answer.kind === "silent") return undecided(address, "it is running, and its node does not answer");
      if (answer.kind === "refused") return undecided(address, `its node refused: ${answer.reason}`);
      if (answer.kind === "answered" && isCancelling(answer.body)) {
        const ended = await finalWithin(waitMs, address, canceller);
        if (ended === undefined) return undecided(address, "its node is still ending it");
        return { kind: "ended", address, ack: ended, before: false };
      }
      // The message is not running. It may have just ended, it may wait on the node for a retry, or its node may have
      // no daemon any more.
      last = await journal.last(address);
    }
    if (last !== undefined && isFinal(last.ack)) {
      // The node also removes the message from the queue, but the node may be down. An earlier cancel may have stopped
      // before it removed the message.
      if (queued !== undefined && isSettled(last.ack)) await removeMessage(broker, address, signal);
      return { kind: "ended", address, ack: last.ack, before: was === "queued" };
    }
  }
}

/**
 * True if the node has nothing left to do for a message that ended. If this is false, the node still has to judge and
 * report a failure, or to send a result. Then only the node may remove the message from the queue.
 */
export function isSettled({ state, message }: Ack): boolean {
  return state === "cancelled" || (state === "succeeded" && message !== undefined && message.reply === undefined);
}

async function inQueue(address: Address, { broker, signal }: Canceller): Promise<Queued | undefined> {
  const schedule = scheduleIdOf(address.id);
  const firing =
    schedule === undefined
      ? undefined
      : await broker.untilAnswered(() => queuedFiring(broker, address, schedule), signal);
  const subject = messageSubject(broker.namespace, address);
  return firing ?? firstQueued(broker, { sequence: 1, subject }, signal);
}

function undecided(address: Address, reason: string): Cancellation {
  return { kind: "undecided", address, reason };
}

function askDaemon(
  { node, messageType, subject, id }: Address,
  { broker, by, signal }: Canceller,
): Promise<ControlAnswer> {
  const request: CancelRequest = { messageType, subject, id, by };
  return broker.untilAnswered(() => askNode(broker, node, "cancel", answerWait, request), signal);
}

async function finalWithin(
  ms: number,
  address: Address,
  { broker, journal, signal }: Canceller,
): Promise<Ack | undefined> {
  for (let [tries, end] = [0, performance.now() + ms]; ; tries++) {
    const last = await journal.last(address);
    if (last !== undefined && isFinal(last.ack)) return last.ack;
    if (performance.now() >= end) return undefined;
    await broker.backOff(tries, signal);
  }
}

function cancelledAck(address: Address, was: Cancelled["was"], { by, instance }: Canceller): Omit<Ack, "attempt"> {
  const at = new Date().toISOString();
  return { ...address, state: "cancelled", final: true, instance, finishedAt: at, ...cancellation({ by, at, was }) };
}
