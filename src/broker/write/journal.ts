import { finalHeader, isFinal, parseAck, stateHeader, type Ack } from "../../protocol/ack.ts";
import { encodeAck } from "../../protocol/encode-ack.ts";
import { ackSubject, type Address } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { serverCodes } from "../connection/server-codes.ts";
import { lastOnSubject } from "../read/direct-get.ts";
import { streamInfo, streamInfoOnceThere } from "../read/stream-info.ts";
import { publishUntilKnown } from "./publish.ts";

/** The last known ACK of a message, and its sequence, after which the next one must follow: a link of the chain. */
export interface Link {
  readonly sequence: number;
  readonly ack: Ack;
}

export type Written =
  | { readonly kind: "stored"; readonly sequence: number }
  /** Another program's ACK is where this one had to follow. */
  | { readonly kind: "conflict"; readonly link: Link };

/**
 * The journal of a message is the chain of its ACKs. Each is stored only if the one before it is still the last
 * (compare-and-set on the message's own ACK subject). So one write records a start and proves that no other process has
 * started the message, however old this copy is and whoever races. It uses no `Nats-Msg-Id`: single servers and
 * clusters check it in a different order, and a copy would look like a success.
 */
export class Journal {
  readonly #broker: Broker;
  readonly #signal: AbortSignal;
  readonly #alarm: (reason: string) => void;
  /** The sequences of the latest ACKs written here, by subject. */
  readonly #written = new Map<string, number>();

  /**
   * Only `signal` ends a wait, with its reason. `alarm` is called when the broker refuses to store ACKs at all, for
   * instance because the disk is full: nothing may start then, so the writer waits.
   */
  constructor(broker: Broker, signal: AbortSignal, alarm: (reason: string) => void) {
    this.#broker = broker;
    this.#signal = signal;
    this.#alarm = alarm;
  }

  /**
   * Stores an ACK after the one at sequence `after` (0: as the first); `original` is the payload from which its message
   * was read. Tries until the outcome is known.
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
        last = 0; // The chain has expired from the stream while the message ran: this ACK begins a new one.
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
   * The last ACK of a message: the one written here, or a later one. On a cluster a replica may lack the ACKs that
   * others wrote, so undefined is no proof there.
   */
  async last(address: Address): Promise<Link | undefined> {
    const subject = ackSubject(this.#broker.namespace, address);
    const written = this.#written.get(subject);
    return written === undefined ? this.#read(subject) : this.#readFrom(subject, written);
  }

  /**
   * Since when the journal has the ACKs of every message, in milliseconds since 1970 by the broker's clock: since its
   * stream was created, but at most as long as it keeps ACKs, less an hour. Waits for a stream that does not exist.
   */
  async reachesBackTo(): Promise<number> {
    const info = await streamInfoOnceThere(this.#broker, this.#broker.names.acks, this.#alarm, this.#signal);
    const { config, created = "", ts = "" } = info;
    const keepsMs = (config?.max_age ?? 0) / 1e6 || Infinity;
    return Math.max(Date.parse(created), Date.parse(ts) - keepsMs + journalMargin);
  }

  /** The last ACK when the answering replica has the one at `sequence`; undefined when the leader has none any more. */
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
    // An unreadable text is no ACK of ours. It counts as final, so that no message runs in doubt.
    return found && { sequence: found.sequence, ack: parseAck(found.data) ?? unreadable };
  }
}

/** The last hour of the journal is not relied on: clocks differ, and a message may wait on its way to the queue. */
export const journalMargin = 3_600_000;

/** How many of its own ACKs the journal remembers: enough for the copies that directly follow a message. */
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
 * The ACK's state is also in a header, which the broker copies into the state bucket. So a reader of a whole fleet
 * reads only headers.
 */
function header(ack: Ack, after: number): Record<string, string> {
  const [state, final] = [ack.state, String(isFinal(ack))];
  return { [stateHeader]: state, [finalHeader]: final, "Nats-Expected-Last-Subject-Sequence": String(after) };
}

/**
 * A repeat of the same write, whose first answer was lost. A lane that was started again in this daemon writes at other
 * times.
 */
function isSame(a: Ack, b: Ack): boolean {
  return (["instance", "attempt", "state", "startedAt", "finishedAt"] as const).every((key) => a[key] === b[key]);
}
