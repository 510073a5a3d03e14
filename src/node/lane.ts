import type { Link } from "../broker/write/journal.ts";
import type { Address } from "../protocol/subjects.ts";
import { WaitingList } from "../util/waiting-list.ts";
import type { Opened } from "./claim.ts";
import type { Held } from "./held.ts";
import { isLeft } from "./left-error.ts";
import type { MessageProcess } from "./message-process.ts";

/** What a lane needs from the daemon. */
export interface LaneEnvironment {
  /** Makes the process of a message; undefined when the message is not in the queue any more. */
  readonly processOf: (held: Held) => Promise<MessageProcess | undefined> | MessageProcess;
  /** Reads payloads again, of messages of one subject in their order; those that it does not find it leaves out. */
  readonly payloadsOf: (held: readonly Held[]) => Promise<ReadonlyMap<Held, Uint8Array>>;
  /** Called after the final ACK is stored: does what the error kernel says, and acknowledges the message. */
  readonly settle: (held: Held, end: Link) => Promise<void>;
  /** True while the lane may begin no further message. */
  readonly isHeld: (lane: Lane) => boolean;
  /** Called when the lane cannot go on; the message it was at stays held. */
  readonly broken: (lane: Lane, error: unknown) => void;
  /** Called when nothing is left to do. */
  readonly idle: (lane: Lane) => void;
}

/** What the payloads of a lane's waiting messages may take in memory; others are read again before their turn comes. */
const bytesKept = 4 * 1024 * 1024;
/** A payload's array, and its share of what was read from the connection with it. */
const overheadOfPayload = 512;
const bytesOf = ({ payload }: Held): number => (payload === undefined ? 0 : payload.length + overheadOfPayload);
/** How many are read again at once, at most. */
const readAtOnce = 1000;

/** How many ends of messages that may be repeated are being recorded, at most, while the lane goes on. */
const mostEnds = 256;

/**
 * The process of one `messageType.subject` on this node. It runs its messages in the order in which they were stored,
 * one after the other, or up to `concurrency` at once. Trouble here stays here: other lanes do not notice.
 */
export class Lane {
  readonly name: string;
  readonly #env: LaneEnvironment;
  readonly #waiting = new WaitingList<Held>();
  /** Those of them that keep no payload, in order. */
  readonly #far = new Set<Held>();
  readonly #running = new Map<string, Running>();
  readonly #concurrency: number;
  readonly #whenDone: (() => void)[] = [];
  #workers = 0;
  /** Messages whose end is being recorded and dealt with. */
  #ends = 0;
  #bytes = 0;
  #reading: Promise<void> | undefined;
  #stopped = false;
  #broken = false;
  #brokeBehind = false;
  #interruption: "abandoned" | "cutOff" | undefined;

  constructor(name: string, concurrency: number, env: LaneEnvironment) {
    this.name = name;
    this.#concurrency = concurrency;
    this.#env = env;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get running(): number {
    return this.#running.size;
  }

  /** What runs, and what the lane opened to run next. */
  processes(): MessageProcess[] {
    return [...this.#running.values()].flatMap(({ process, ended }) => (ended ? [] : (process ?? [])));
  }

  /** The process of a message that runs; undefined when it waits, is not here, or left by the lane for its next one. */
  processOf({ messageType, subject, id }: Omit<Address, "node">): MessageProcess | undefined {
    if (this.#broken) return undefined;
    const process = this.#running.get(id)?.process;
    const address = process?.held.address;
    return address?.messageType === messageType && address.subject === subject ? process : undefined;
  }

  /** Takes a message in; deliveries come in stored order, so it goes behind all others. */
  push(held: Held): void {
    if (this.#bytes < bytesKept) this.#bytes += bytesOf(held);
    else held.payload = undefined;
    if (held.payload === undefined) this.#far.add(held);
    this.#waiting.push(held);
    this.wake();
  }

  /** Goes on with what waits, if it may. */
  wake(): void {
    const workers = Math.min(this.#concurrency - this.#workers, this.#waiting.length);
    for (let started = 0; started < workers; started++) void this.#work();
  }

  /** Begins no further message, and leaves those that wait for room. Resolves when those that run have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const process of this.processes()) process.leaveIfWaiting();
    if (this.#workers + this.#ends > 0) await new Promise<void>((resolve) => this.#whenDone.push(resolve));
  }

  /** Ends what runs, without a final ACK; otherwise as `stop`. */
  async interrupt(kind: "abandoned" | "cutOff"): Promise<void> {
    const stopped = this.stop();
    this.#interruption = kind;
    for (const { process } of this.#running.values()) process?.interrupt({ kind });
    await stopped;
  }

  /** All that the lane has not settled, in order: what it ran when it broke, and what waits. */
  unsettled(): Held[] {
    return [...[...this.#running.values()].map(({ held }) => held), ...this.#waiting];
  }

  /** Forgets what waits: the stream that it came from is no more. */
  clear(): void {
    this.#waiting.clear();
    this.#far.clear();
    this.#bytes = 0;
  }

  /**
   * One message after the other. After a success the final ACK and the next message's `started` go out back to back on
   * one connection, and the next run begins when both are stored, or at once where a repeat does no harm; after a failure
   * the next message is not touched before the failure is dealt with. The worker leaves in the same turn in which it
   * finds nothing more to do, so that a message that comes then starts another.
   */
  async #work(): Promise<void> {
    this.#workers += 1;
    try {
      let next = this.#openNext();
      while (next !== undefined) {
        const current = await next;
        next = undefined;
        if (current !== undefined) {
          const { process, opened, running } = current;
          const ending = await process.run(opened);
          running.ended = true;
          const closing = process.close(ending);
          const succeeded = ending.kind === "ended" && ending.final.state === "succeeded";
          if (succeeded) next = this.#openNext();
          // Its failure is met when its turn comes; this message is dealt with first, or it would be opened once more.
          next?.catch(() => undefined);
          const settled = this.#settle(process.held, closing);
          const goesOn = succeeded && opened.kind === "run" && opened.mayRepeat && this.#ends < mostEnds;
          if (goesOn) settled.catch((error: unknown) => this.#breakBehind(error));
          else await settled;
        }
        next ??= this.#openNext();
      }
    } catch (error) {
      this.#break(error);
    }
    this.#workers -= 1;
    this.#leave();
  }

  async #settle(held: Held, closing: Promise<Link>): Promise<void> {
    this.#ends += 1;
    try {
      await this.#env.settle(held, await closing);
      this.#running.delete(held.address.id);
    } finally {
      this.#ends -= 1;
      this.#leave();
    }
  }

  #break(error: unknown): void {
    // Who interrupts a lane sees to what follows; and one that is broken already is stopped for it.
    const isExpected = isLeft(error) && (this.#interruption !== undefined || this.#broken);
    this.#stopped = this.#broken = true;
    if (!isExpected) this.#env.broken(this, error);
  }

  /** Ends that are recorded while the lane goes on fail together, and break it once. */
  #breakBehind(error: unknown): void {
    if (!this.#brokeBehind) this.#break(error);
    this.#brokeBehind = true;
  }

  #leave(): void {
    if (this.#workers + this.#ends > 0) return;
    for (const done of this.#whenDone.splice(0)) done();
    if (!this.#stopped && this.#waiting.length === 0) this.#env.idle(this);
  }

  #openNext(): Promise<OpenedMessage | undefined> | undefined {
    if (this.#stopped || this.#env.isHeld(this)) return undefined;
    // Copies of one message never run side by side: the second finds in the journal what became of the first.
    const held = this.#waiting.take(({ address }) => !this.#running.has(address.id));
    if (held === undefined) return undefined;
    this.#bytes -= bytesOf(held);
    if (this.#bytes <= bytesKept / 2) this.#readAhead();
    this.#far.delete(held);
    const running: Running = { held, process: undefined, ended: false };
    this.#running.set(held.address.id, running);
    return this.#open(running);
  }

  /** Reads the payloads of those that come next, while others run: one request for many, and none to wait for. */
  #readAhead(): void {
    const [first] = this.#far;
    if (first === undefined || this.#reading !== undefined) return;
    const next: Held[] = [];
    for (const held of this.#far) {
      if (next.length === readAtOnce) break;
      if (held.came.subject === first.came.subject) next.push(held);
    }
    this.#reading = this.#readPayloads(next).finally(() => (this.#reading = undefined));
  }

  async #readPayloads(next: readonly Held[]): Promise<void> {
    // What is not found here is read by itself when its turn comes.
    const found = await this.#env.payloadsOf(next).catch(() => new Map<Held, Uint8Array>());
    for (const [held, payload] of found) {
      held.payload = payload;
      if (this.#far.delete(held)) this.#bytes += bytesOf(held);
    }
  }

  async #open(running: Running): Promise<OpenedMessage | undefined> {
    if (running.held.payload === undefined) await this.#reading;
    const made = this.#env.processOf(running.held);
    const process = made instanceof Promise ? await made : made;
    running.process = process;
    if (this.#interruption !== undefined) process?.interrupt({ kind: this.#interruption });
    if (process !== undefined) return { process, opened: await process.open(), running };
    this.#running.delete(running.held.address.id);
    return undefined;
  }
}

/** A message that the lane is at; its process is there once its payload is. */
interface Running {
  readonly held: Held;
  process: MessageProcess | undefined;
  /** What is left is to record its end, and to deal with it. */
  ended: boolean;
}

type OpenedMessage = Readonly<{ running: Running; process: MessageProcess; opened: Opened }>;
