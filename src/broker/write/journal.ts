import { finalHeader, isFinal, parseAck, stateHeader, type Ack } from "../../protocol/ack.ts";
import { encodeAck } from "../../protocol/encode-ack.ts";
import { ackSubject, type Address } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { serverCodes } from "../connection/server-codes.ts";
import { lastOnSubject } from "../read/direct-get.ts";
import { streamInfo, streamInfoOnceThere } from "../read/stream-info.ts";
import { publishUntilKnown } from "./publish.ts";

/** The last ACK of a message that is known, and where the next one must follow: a link of the chain. */
export interface Link {
  readonly sequence: number;
  readonly ack: Ack;
}

export type Written =
  | { readonly kind: "stored"; readonly sequence: number }
  /** Somebody else's ACK stands where this one was to follow. */
  | { readonly kind: "conflict"; readonly link: Link };

/**
 * The journal of a message is the chain of its ACKs: each is stored only if the one before it is still the last
 * (compare-and-set on the message's own ACK subject). So one write records a start and proves that nobody else
 * started, however old the message's copy and whoever races. No `Nats-Msg-Id`: single servers and clusters check it
 * in a different order, and a copy would look like a success.
 */
export class Journal {
  readonly #broker: Broker;
  readonly #signal: AbortSignal;
  readonly #alarm: (reason: string) => void;
  /** The sequences of the latest ACKs written here, by subject. */
  readonly #written = new Map<string, number>();

  /**
   * `signal` ends all waiting, with its reason; nothing else does. `alarm` is told when the broker refuses to store
   * ACKs at all, as when the disk is full: nothing may start then, so the writer waits.
   */
  constructor(broker: Broker, signal: AbortSignal, alarm: (reason: string) => void) {
    this.#broker = broker;
    this.#signal = signal;
    this.#alarm = alarm;
  }

  /**
   * Stores an ACK behind the one at sequence `after` (0: as the first); `original` is what its message was read from.
   * Tries until the outcome is known.
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
        last = 0; // The chain aged out of the stream while the message ran: this ACK begins a new one.
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
   * The last ACK of a message: what was written here, or a later one. Of what others wrote on a cluster a replica may
   * lag; there, none is no proof that there is none.
   */
  async last(address: Address): Promise<Link | undefined> {
    const subject = ackSubject(this.#broker.namespace, address);
    const written = this.#written.get(subject);
    return written === undefined ? this.#read(subject) : this.#readFrom(subject, written);
  }

  /**
   * Since when the journal tells of every message, in milliseconds since 1970 by the broker's clock: since its stream
   * was made, and no longer ago than it keeps ACKs, less an hour. Waits for the stream if it is not there.
   */
  async reachesBackTo(): Promise<number> {
    const info = await streamInfoOnceThere(this.#broker, this.#broker.names.acks, this.#alarm, this.#signal);
    const { config, created = "", ts = "" } = info;
    const keepsMs = (config?.max_age ?? 0) / 1e6 || Infinity;
    return Math.max(Date.parse(created), Date.parse(ts) - keepsMs + journalMargin);
  }

  /** The last ACK once the answering replica shows the one at `sequence`; none when the leader has none any more. */
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
    // What cannot be read is no ACK of ours, and counts as final, so that nothing runs on a doubt.
    return found && { sequence: found.sequence, ack: parseAck(found.data) ?? unreadable };
  }
}

/** The journal's last hour is not relied on: clocks differ, and a message may wait while it is handed over. */
export const journalMargin = 3_600_000;

/** How many ACKs of its own the journal knows: enough for the copies that come right behind a message. */
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

/** The state goes into the state bucket with the ACK, where whoever looks at a whole fleet reads headers alone. */
function header(ack: Ack, after: number): Record<string, string> {
  const [state, final] = [ack.state, String(isFinal(ack))];
  return { [stateHeader]: state, [finalHeader]: final, "Nats-Expected-Last-Subject-Sequence": String(after) };
}

/** A repeat of the same write, whose first answer was lost; a lane started again in this life writes at other times. */
function isSame(a: Ack, b: Ack): boolean {
  return (["instance", "attempt", "state", "startedAt", "finishedAt"] as const).every((key) => a[key] === b[key]);
}
