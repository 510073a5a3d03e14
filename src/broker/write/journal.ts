import { finalHeader, isFinal, parseAck, stateHeader, type Ack } from "../../protocol/ack.ts";
import { encodeAck } from "../../protocol/encode-ack.ts";
import { ackSubject, type Address } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { serverCodes } from "../connection/server-codes.ts";
import { lastOnSubject } from "../read/direct-get.ts";
import { streamInfo, streamInfoOnceThere } from "../read/stream-info.ts";
import { publishUntilKnown } from "./publish.ts";

/**
 * The last known ACK of a message, and the sequence of that ACK. The next ACK of the message must follow this sequence.
 */
export interface Link {
  readonly sequence: number;
  readonly ack: Ack;
}

export type Written =
  | { readonly kind: "stored"; readonly sequence: number }
  /** Another program has stored its own ACK at this place of the chain. */
  | { readonly kind: "conflict"; readonly link: Link };

/**
 * The journal of a message is the chain of its ACKs. An ACK is stored only if the ACK before it is still the last ACK
 * (compare-and-set on the message's own ACK subject). So one write records a start, and proves that no other process
 * has started the message, or a copy of it. The writes have no `Nats-Msg-Id`, because a cluster compares this id before
 * the sequence: it would answer a second start as a repeat of the first, which looks like a success.
 */
export class Journal {
  readonly #broker: Broker;
  readonly #signal: AbortSignal;
  readonly #alarm: (reason: string) => void;
  /** The sequence of the latest ACK that this journal wrote on each subject. */
  readonly #written = new Map<string, number>();

  /**
   * If the broker refuses to store an ACK, for instance because the disk is full, the journal calls `alarm` and tries
   * again, because no message may start without a stored ACK. Only `signal` ends the tries; the call then rejects with
   * the signal's reason.
   */
  constructor(broker: Broker, signal: AbortSignal, alarm: (reason: string) => void) {
    this.#broker = broker;
    this.#signal = signal;
    this.#alarm = alarm;
  }

  /**
   * Stores an ACK after the ACK at the sequence `after`. 0 means that the message has no ACK yet. `original` is the
   * payload of the message. Tries until the outcome is known.
   */
  async write(address: Address, ack: Ack, after: number, original?: Uint8Array): Promise<Written> {
    const subject = ackSubject(this.#broker.namespace, address);
    for (let last = after, tries = 0; ; tries++) {
      const payload = encodeAck(ack, this.#broker.maxPayload, original);
      const result = await publishUntilKnown(this.#broker, subject, payload, header(ack, last), this.#signal);
      if (result.kind === "stored") {
        this.#remember(subject, result.sequence);
        return result;
      }
      if (result.code !== serverCodes.wrongLastSequence) {
        this.#alarm(`the broker refuses to store an ACK on ${subject}: ${result.reason}`);
        await this.#broker.backOff(tries, this.#signal);
        continue;
      }
      const standing = Number(/(\d+)$/.exec(result.reason)?.[1] ?? 0);
      if (standing === 0) {
        last = 0; // The chain has expired from the stream while the message ran, so this ACK begins a new chain.
        continue;
      }
      const link = await this.#readFrom(subject, standing);
      if (link === undefined) continue;
      if (!isSame(link.ack, ack)) return { kind: "conflict", link };
      this.#remember(subject, link.sequence);
      return { kind: "stored", sequence: link.sequence };
    }
  }

  /**
   * The last ACK of a message: the ACK that this journal wrote, or a later ACK. On a cluster, undefined proves nothing,
   * because a replica may lack ACKs that other programs wrote.
   */
  async last(address: Address): Promise<Link | undefined> {
    const subject = ackSubject(this.#broker.namespace, address);
    const written = this.#written.get(subject);
    return written === undefined ? this.#read(subject) : this.#readFrom(subject, written);
  }

  /**
   * The journal has the ACKs of every message that was stored since this time, in milliseconds since 1970 by the
   * broker's clock. The time is the later of two: the creation time of the stream, and one hour after the oldest time
   * for which the stream keeps ACKs. Waits if the stream does not exist.
   */
  async reachesBackTo(): Promise<number> {
    const info = await streamInfoOnceThere(this.#broker, this.#broker.names.acks, this.#alarm, this.#signal);
    const { config, created = "", ts = "" } = info;
    const keepsMs = (config?.max_age ?? 0) / 1e6 || Infinity;
    return Math.max(Date.parse(created), Date.parse(ts) - keepsMs + journalMargin);
  }

  /**
   * The last ACK of a message, from a replica that has the ACK at `sequence`. Undefined if the leader has no ACK of the
   * message any more.
   */
  async #readFrom(subject: string, sequence: number): Promise<Link | undefined> {
    for (let tries = 0; ; tries++) {
      const link = await this.#read(subject);
      if (link !== undefined && link.sequence >= sequence) return link;
      if (link === undefined && (await this.#isGone(subject))) return undefined;
      await this.#broker.backOff(tries, this.#signal);
    }
  }

  async #isGone(subject: string): Promise<boolean> {
    const { names } = this.#broker;
    const ask = () => streamInfo(this.#broker, names.acks, subject);
    const { state } = await this.#broker.untilAnswered(ask, this.#signal);
    return Object.keys(state?.subjects ?? {}).length === 0;
  }

  #remember(subject: string, sequence: number): void {
    this.#written.delete(subject);
    this.#written.set(subject, sequence);
    const [oldest] = this.#written.keys();
    if (oldest !== undefined && this.#written.size > remembered) this.#written.delete(oldest);
  }

  async #read(subject: string): Promise<Link | undefined> {
    const { names } = this.#broker;
    const found = await this.#broker.untilAnswered(
      () => lastOnSubject(this.#broker, names.acks, subject),
      this.#signal,
    );
    // A text that cannot be read counts as a final ACK, so that the message does not run twice by mistake.
    return found && { sequence: found.sequence, ack: parseAck(found.data) ?? unreadable };
  }
}

/**
 * The oldest hour of the journal is not used, because clocks differ, and because a message may wait on its way to the
 * queue.
 */
export const journalMargin = 3_600_000;

/**
 * The number of its own ACKs that the journal remembers. A copy of a message usually comes soon after the message, so
 * this number is enough to notice copies.
 */
const remembered = 10_000;

const unreadable: Ack = {
  id: "",
  node: "",
  messageType: "command",
  subject: "",
  state: "rejected",
  attempt: 0,
  instance: "",
};

/**
 * Puts the ACK's state into a header too. The broker copies the header into the state bucket, so a reader of a whole
 * fleet reads only headers.
 */
function header(ack: Ack, after: number): Record<string, string> {
  const [state, final] = [ack.state, String(isFinal(ack))];
  return { [stateHeader]: state, [finalHeader]: final, "Nats-Expected-Last-Subject-Sequence": String(after) };
}

/**
 * True if the two ACKs are the same write, repeated because the answer to the first try was lost. If the lane was
 * restarted meanwhile, its ACK has other times and is not the same.
 */
function isSame(a: Ack, b: Ack): boolean {
  return (["instance", "attempt", "state", "startedAt", "finishedAt"] as const).every((key) => a[key] === b[key]);
}
