import type { Address } from "../protocol/subjects.ts";
import { Backlog } from "./backlog.ts";
import type { Opened } from "./claim.ts";
import { isLeft } from "./left-error.ts";
import { MessageProcess, type Ending } from "./message-process.ts";
import type { Parts } from "./parts.ts";
import { settle } from "./settle.ts";
import type { Taken } from "./taken.ts";

/** Starts lanes, and handles those that end or break. */
export interface LaneKeeper {
  /** The lane has no messages left. */
  idle(lane: Lane): void;
  /** The lane cannot go on; the messages that it was running are not acknowledged. */
  broke(lane: Lane, error: unknown): void;
  /** The error kernel wants a new lane for the messages that wait in this one. */
  restartSoon(lane: Lane): void;
}

/** The reason why a lane ends its running messages; see `Interruption`. */
export type LaneInterruption = "abandoned" | "cutOff" | "hurried";

/** For events that may be repeated: how many final ACKs may be on their way before the lane waits. */
const mostEnds = 256;

/**
 * The process of one `messageType.subject` on this node. It runs its messages in the order in which they were stored,
 * one after the other, or up to `concurrency` at once. Its failures do not affect other lanes.
 */
export class Lane {
  readonly name: string;
  readonly #parts: Parts;
  readonly #keeper: LaneKeeper;
  readonly #backlog: Backlog;
  readonly #running = new Map<string, Running>();
  readonly #concurrency: number;
  readonly #whenDone: (() => void)[] = [];
  #workers = 0;
  /** Messages whose end is being recorded and settled. */
  #ends = 0;
  #stopped = false;
  #broken = false;
  #brokeBehind = false;
  #interruption: LaneInterruption | undefined;

  constructor(name: string, concurrency: number, parts: Parts, keeper: LaneKeeper) {
    this.name = name;
    this.#concurrency = concurrency;
    this.#parts = parts;
    this.#keeper = keeper;
    this.#backlog = new Backlog(parts.payloads);
  }

  get waiting(): number {
    return this.#backlog.length;
  }

  get running(): number {
    return this.#running.size;
  }

  /** The processes of messages that run, and of those that the lane has opened to run next. */
  processes(): MessageProcess[] {
    return [...this.#running.values()].flatMap(({ process, ended }) => (ended ? [] : (process ?? [])));
  }

  /**
   * The process of a running message. Undefined when the message waits or is not here, or when a broken lane left it
   * for the next one.
   */
  processOf({ messageType, subject, id }: Omit<Address, "node">): MessageProcess | undefined {
    if (this.#broken) return undefined;
    const process = this.#running.get(id)?.process;
    const address = process?.taken.address;
    return address?.messageType === messageType && address.subject === subject ? process : undefined;
  }

  /** Takes a message in. Deliveries come in stored order, so it goes after all others. */
  push(taken: Taken): void {
    this.#backlog.push(taken);
    this.wake();
  }

  /** Continues with the waiting messages, if the lane may. */
  wake(): void {
    const workers = Math.min(this.#concurrency - this.#workers, this.#backlog.length);
    for (let started = 0; started < workers; started++) void this.#work();
  }

  /** Asks for another lane to take this one's place. */
  restart(): void {
    this.#keeper.restartSoon(this);
  }

  /** Begins no further message, and leaves those that wait for room. Resolves when the running ones have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const process of this.processes()) process.leaveIfWaiting();
    if (this.#workers + this.#ends > 0) await new Promise<void>((resolve) => this.#whenDone.push(resolve));
  }

  /** Ends the running messages, without a final ACK; otherwise as `stop`. */
  async interrupt(kind: LaneInterruption): Promise<void> {
    const stopped = this.stop();
    this.#interruption = kind;
    for (const { process } of this.#running.values()) process?.interrupt({ kind });
    await stopped;
  }

  /** All messages that the lane has not settled, in order: those that it ran when it broke, and those that wait. */
  unsettled(): Taken[] {
    return [...[...this.#running.values()].map(({ taken }) => taken), ...this.#backlog];
  }

  /** Forgets the waiting messages: the stream that they came from does not exist any more. */
  clear(): void {
    this.#backlog.clear();
  }

  /**
   * Runs one message after the other. After a success the final ACK and the next message's `started` are sent right
   * after each other on one connection. The next run begins when both are stored, or at once where a repeat does no
   * harm. After a failure the next message is not opened before the failed one is settled. When no message is left, the
   * worker ends in the same turn in which it sees that, so that a message that comes then starts another worker.
   */
  async #work(): Promise<void> {
    this.#workers += 1;
    let next = this.#openNext();
    try {
      while (next !== undefined) {
        const current = await next;
        next = undefined;
        if (current !== undefined) {
          const { process, opened, running } = current;
          const ending = await process.run(opened);
          running.ended = true;
          const settled = this.#settle(process, ending);
          const succeeded = ending.kind === "ended" && ending.final.state === "succeeded";
          if (succeeded) next = this.#openNext();
          // Its rejection is thrown when we await `next`; this message is settled first, or it would be opened again.
          next?.catch(() => undefined);
          const goesOn = succeeded && opened.kind === "run" && opened.mayRepeat && this.#ends < mostEnds;
          if (goesOn) settled.catch((error: unknown) => this.#breakBehind(error));
          else await settled;
        }
        next ??= this.#openNext();
      }
    } catch (error) {
      this.#break(error);
      next?.then(leave, () => undefined);
    }
    this.#workers -= 1;
    this.#leave();
  }

  async #settle(process: MessageProcess, ending: Ending): Promise<void> {
    this.#ends += 1;
    try {
      await settle(this.#parts, this, process, ending);
      this.#running.delete(process.taken.address.id);
    } finally {
      this.#ends -= 1;
      this.#leave();
    }
  }

  #break(error: unknown): void {
    // The caller that interrupts a lane decides how it goes on; and a broken lane is stopped by its keeper.
    const isExpected = isLeft(error) && (this.#interruption !== undefined || this.#broken);
    this.#stopped = this.#broken = true;
    if (!isExpected) this.#keeper.broke(this, error);
  }

  /** Messages whose ends are recorded while the lane goes on fail together, and break the lane once. */
  #breakBehind(error: unknown): void {
    if (!this.#brokeBehind) this.#break(error);
    this.#brokeBehind = true;
  }

  #leave(): void {
    if (this.#workers + this.#ends > 0) return;
    for (const done of this.#whenDone.splice(0)) done();
    if (!this.#stopped && this.#backlog.length === 0) this.#keeper.idle(this);
  }

  #openNext(): Promise<OpenedMessage | undefined> | undefined {
    if (this.#stopped || !this.#parts.holds.mayBegin(this.name)) return undefined;
    // Copies of one message never run side by side: the second finds in the journal how the first ended.
    const taken = this.#backlog.take(({ address }) => !this.#running.has(address.id));
    if (taken === undefined) return undefined;
    const running: Running = { taken, process: undefined, ended: false };
    this.#running.set(taken.address.id, running);
    return this.#open(running);
  }

  /** Makes the process of a message, and lets it check whether the message may run. */
  async #open(running: Running): Promise<OpenedMessage | undefined> {
    const { taken } = running;
    const payload = taken.payload ?? (await this.#backlog.payloadOf(taken));
    if (payload === undefined) {
      this.#parts.taken.remove(taken);
      this.#running.delete(taken.address.id);
      return undefined;
    }
    const process = new MessageProcess(taken, payload, this.#parts);
    running.process = process;
    if (this.#stopped) process.leaveIfWaiting();
    if (this.#interruption !== undefined) process.interrupt({ kind: this.#interruption });
    return { process, opened: await process.open(), running };
  }
}

/** A message that the lane is running; it has a process once its payload is there. */
interface Running {
  readonly taken: Taken;
  process: MessageProcess | undefined;
  /** Only its end is still to be recorded and settled. */
  ended: boolean;
}

type OpenedMessage = Readonly<{ running: Running; process: MessageProcess; opened: Opened }>;

/** The message does not run here, so that no other message waits for it as a suspect. */
function leave(message: OpenedMessage | undefined): void {
  if (message?.opened.kind === "run") message.opened.turn?.end();
}
