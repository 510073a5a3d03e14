import type { Broker } from "../broker/connection/broker.ts";
import { askNode, type ControlAnswer } from "../broker/control/ask-node.ts";
import { firstQueued } from "../broker/read/queued.ts";
import type { Journal, Link } from "../broker/write/journal.ts";
import { purgeQueued } from "../broker/write/purge.ts";
import { cancellation, isFinal, type Ack, type Cancelled } from "../protocol/ack.ts";
import { isCancelling, type CancelRequest } from "../protocol/control.ts";
import { originalOf } from "../protocol/original.ts";
import { messageSubject, type Address } from "../protocol/subjects.ts";

/** What a cancel came to on one node. */
export type Cancellation =
  /** The message has its final ACK: `cancelled`, or what came first. `before`: it had it before it was asked for. */
  | { readonly kind: "ended"; readonly address: Address; readonly ack: Ack; readonly before: boolean }
  /** Nobody knows yet how it ends. */
  | { readonly kind: "undecided"; readonly address: Address; readonly reason: string };

/** Who cancels, and with what. */
export interface Canceller {
  readonly broker: Broker;
  readonly journal: Journal;
  readonly by: string;
  /** The writer in the journal: no daemon's, and no other cancel's. */
  readonly instance: string;
  /** How long what runs may take to end, in milliseconds. */
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** How long a daemon may take to answer, in milliseconds. */
const answerWait = 2000;

/**
 * Takes a message back on one node: by a final ACK where it has not begun, and where its daemon is gone; else by its
 * daemon, which ends what runs. Rejects when `signal` ends it.
 */
export async function cancelOnNode(address: Address, canceller: Canceller): Promise<Cancellation> {
  const { broker, journal, signal, waitMs } = canceller;
  const subject = messageSubject(broker.namespace, address);
  const queued = await firstQueued(broker, { sequence: 1, subject }, signal);
  const original = queued === undefined ? {} : originalOf(queued.data);
  const purge = (): Promise<void> => broker.untilAnswered(() => purgeQueued(broker, subject), signal);
  let was: Cancelled["was"] = "queued";
  for (let last: Link | undefined; ;) {
    const ack = { ...cancelledAck(address, was, canceller), attempt: last?.ack.attempt ?? 0, ...original };
    const written = await journal.write(address, ack, last?.sequence ?? 0, queued?.data);
    if (written.kind === "stored") {
      // What began in this very moment, or is an event, of which no ACK tells that it began, is ended as well.
      if (was === "running" || address.messageType === "event") await askDaemon(address, canceller);
      await purge();
      return { kind: "ended", address, ack, before: false };
    }
    last = written.link;
    if (!isFinal(last.ack)) {
      was = "running";
      const answer = await askDaemon(address, canceller);
      if (answer.kind === "silent") return undecided(address, "it runs, and its node does not answer");
      if (answer.kind === "refused") return undecided(address, `its node refuses: ${answer.reason}`);
      if (answer.kind === "answered" && isCancelling(answer.body)) {
        const ended = await finalWithin(waitMs, address, canceller);
        if (ended === undefined) return undecided(address, "its node is ending it, and has not yet done so");
        return { kind: "ended", address, ack: ended, before: false };
      }
      // It does not run: it has ended just now, waits there for another attempt, or has no daemon any more.
      last = await journal.last(address);
    }
    if (last !== undefined && isFinal(last.ack)) {
      // Its node acknowledges a cancelled message as well, but may be down; an earlier cancel may have died before this.
      if (last.ack.state === "cancelled") await purge();
      return { kind: "ended", address, ack: last.ack, before: was === "queued" };
    }
  }
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
