import type { Link } from "../broker/journal.ts";
import type { Address } from "../protocol/subjects.ts";
import type { Opened } from "./claim.ts";
import type { Held } from "./held.ts";
import type { MessageProcess } from "./message-process.ts";
import { ReadAhead } from "./read-ahead.ts";
import { WaitingList } from "./waiting-list.ts";

/** What a lane needs from the daemon. */
export interface LaneEnvironment {
  /** Makes the process of a message; undefined when the message is not in the queue any more. */
  readonly processOf: (held: Held) => Promise<MessageProcess | undefined> | MessageProcess;
  /** Reads a payload again; undefined when the message is no longer in the stream. */
  readonly payloadOf: (held: Held) => Promise<Uint8Array | undefined>;
  /** Called after the final ACK is stored: does what the error kernel says, and acknowledges the message. */
  readonly settle: (held: Held, end: Link) => Promise<void>;
  /** True while the lane may begin no further message. */
  readonly isHeld: (lane: Lane) => boolean;
  /** Called when the lane cannot go on; the message it was at stays held. */
  readonly broken: (lane: Lane, error: unknown) => void;
  /** Called when nothing is left to do. */
  readonly idle: (lane: Lane) => void;
}

/** The payloads that the waiting messages of a lane may keep in memory; others are read again before their turn comes. */
const payloadBytesKept = 1024 * 1024;
/** So many messages before its turn, a payload is read again. */
const readAhead = 16;

/**
 * The process of one `messageType.subject` on this node. It runs its messages in the order in which they were stored,
 * one after the other, or up to `concurrency` at once. Trouble here stays here: other lanes do not notice.
 */
export class Lane {
  readonly name: string;
  readonly #env: LaneEnvironment;
  readonly #waiting = new WaitingList<Held>();
  readonly #running = new Map<string, Running>();
  readonly #concurrency: number;
  readonly #whenDone: (() => void)[] = [];
  readonly #ahead: ReadAhead;
  #workers = 0;
  #payloadBytes = 0;
  #stopped = false;
  #broken = false;
  #interruption: "abandoned" | "cutOff" | undefined;

  constructor(name: string, concurrency: number, env: LaneEnvironment) {
    this.name = name;
    this.#concurrency = concurrency;
    this.#env = env;
    this.#ahead = new ReadAhead({
      next: () => this.#nextToRead(),
      read: env.payloadOf,
      got: (held, payload) => this.#keep(held, payload),
    });
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get running(): number {
    return this.#running.size;
  }

  /** What runs, and what the lane opened to run next. */
  processes(): MessageProcess[] {
    return [...this.#running.values()].flatMap(({ process }) => process ?? []);
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
    if (this.#payloadBytes < payloadBytesKept) this.#payloadBytes += held.payload?.length ?? 0;
    else held.payload = undefined;
    this.#waiting.push(held);
    this.wake();
  }

  /** Goes on with what waits, if it may. */
  wake(): void {
    const workers = Math.min(this.#concurrency - this.#workers, this.#waiting.length);
    for (let started = 0; started < workers; started++) void this.#work();
  }

  /** Begins no further message. Resolves when those that run have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#workers > 0) await new Promise<void>((resolve) => this.#whenDone.push(resolve));
  }

  /** Ends what runs, without a final ACK; otherwise as `stop`. */
  async interrupt(kind: "abandoned" | "cutOff"): Promise<void> {
    const stopped = this.stop();
    this.#interruption = kind;
    for (const process of this.processes()) process.interrupt({ kind });
    await stopped;
  }

  /** All that the lane has not settled, in order: what it ran when it broke, and what waits. */
  unsettled(): Held[] {
    return [...[...this.#running.values()].map(({ held }) => held), ...this.#waiting];
  }

  /** Forgets what waits: the stream that it came from is no more. */
  clear(): void {
    this.#waiting.clear();
    this.#ahead.forget();
    this.#payloadBytes = 0;
  }

  /**
   * One message after the other. After a success the final ACK and the next message's `started` go out back to back on
   * one connection, and the next run begins when both are stored; after a failure the next message is not touched
   * before the failure is dealt with. The worker leaves in the same turn in which it finds nothing more to do, so that a
   * message that comes then starts another.
   */
  async #work(): Promise<void> {
    this.#workers += 1;
    try {
      let next = this.#openNext();
      while (next !== undefined) {
        const current = await next;
        next = undefined;
        if (current !== undefined) {
          const { process, opened } = current;
          const ending = await process.run(opened);
          const closing = process.close(ending);
          if (ending.kind === "ended" && ending.final.state === "succeeded") next = this.#openNext();
          // Its failure is met when its turn comes; this message is dealt with first, or it would be opened once more.
          next?.catch(() => undefined);
          await this.#env.settle(process.held, await closing);
          this.#running.delete(process.held.address.id);
        }
        next ??= this.#openNext();
      }
    } catch (error) {
      this.#stopped = true;
      this.#broken = true;
      this.#env.broken(this, error);
    }
    this.#workers -= 1;
    if (this.#workers > 0) return;
    for (const done of this.#whenDone.splice(0)) done();
    if (!this.#stopped && this.#waiting.length === 0) this.#env.idle(this);
  }

  #openNext(): Promise<OpenedMessage | undefined> | undefined {
    if (this.#stopped || this.#env.isHeld(this)) return undefined;
    // Copies of one message never run side by side: the second finds in the journal what became of the first.
    const held = this.#waiting.take(({ address }) => !this.#running.has(address.id));
    if (held === undefined) return undefined;
    this.#payloadBytes -= held.payload?.length ?? 0;
    const running: Running = { held, process: undefined };
    this.#running.set(held.address.id, running);
    this.#ahead.wake();
    return this.#open(running);
  }

  /** The next payload to read again, while there is room for it. */
  #nextToRead(): Held | undefined {
    if (this.#stopped || this.#payloadBytes >= payloadBytesKept) return undefined;
    let place = 0;
    for (const held of this.#waiting) {
      if (held.payload === undefined) return held;
      if (++place === readAhead) return undefined;
    }
    return undefined;
  }

  #keep(held: Held, payload: Uint8Array): void {
    const isItsTurn = this.#running.get(held.address.id)?.held === held;
    // It waits in another lane by now, which counts its own.
    if (this.#stopped && !isItsTurn) return;
    held.payload = payload;
    if (!isItsTurn) this.#payloadBytes += payload.length;
  }

  async #open(running: Running): Promise<OpenedMessage | undefined> {
    const reading = this.#ahead.reading(running.held);
    if (reading !== undefined) await reading;
    const made = this.#env.processOf(running.held);
    const process = made instanceof Promise ? await made : made;
    running.process = process;
    if (this.#interruption !== undefined) process?.interrupt({ kind: this.#interruption });
    if (process !== undefined) return { process, opened: await process.open() };
    this.#running.delete(running.held.address.id);
    return undefined;
  }
}

/** A message that the lane is at; its process is there once its payload is. */
interface Running {
  readonly held: Held;
  process: MessageProcess | undefined;
}

interface OpenedMessage {
  readonly process: MessageProcess;
  readonly opened: Opened;
}
