import type { Address } from "../protocol/subjects.ts";
import { Backlog } from "./backlog.ts";
import type { Opened } from "./claim.ts";
import { isLeft } from "./left-error.ts";
import { MessageProcess, type Ending } from "./message-process.ts";
import type { Parts } from "./parts.ts";
import { settle } from "./settle.ts";
import type { Taken } from "./taken.ts";

/** Starts lanes, and handles lanes that end or break. */
export interface LaneKeeper {
  /** The lane has no messages left. */
  idle(lane: Lane): void;
  /** The lane cannot go on. The running messages of the lane stay in the queue. */
  broke(lane: Lane, error: unknown): void;
  /** The error kernel wants a new lane for the messages that wait in this lane. */
  restartSoon(lane: Lane): void;
}

/** The reason why a lane ends its running messages. See `Interruption`. */
export type LaneInterruption = "abandoned" | "cutOff" | "hurried";

/** For events that may be repeated: if this number of messages has ended but is not settled, the lane waits. */
const mostEnds = 256;

/**
 * The process of one `messageType.subject` on this node. A lane runs its messages in stored order, one after the other,
 * or up to `concurrency` at once. A failure in a lane does not affect other lanes.
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
  /** The number of messages whose end is being recorded and settled. */
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

  /** The processes of the running messages, and of the messages that the lane has opened to run next. */
  processes(): MessageProcess[] {
    return [...this.#running.values()].flatMap(({ process, ended }) => (ended ? [] : (process ?? [])));
  }

  /**
   * The process of a running message. Undefined if the message waits or is not here. Undefined if the lane is broken,
   * because a broken lane leaves its messages to the next lane.
   */
  processOf({ messageType, subject, id }: Omit<Address, "node">): MessageProcess | undefined {
    if (this.#broken) return undefined;
    const process = this.#running.get(id)?.process;
    const address = process?.taken.address;
    return address?.messageType === messageType && address.subject === subject ? process : undefined;
  }

  /** Takes a message in. Deliveries come in stored order, so the message goes after all others. */
  push(taken: Taken): void {
    this.#backlog.push(taken);
    this.wake();
  }

  /** Continues with the waiting messages, if the lane is not held or stopped. */
  wake(): void {
    const workers = Math.min(this.#concurrency - this.#workers, this.#backlog.length);
    for (let started = 0; started < workers; started++) void this.#work();
  }

  /** Asks for a new lane in place of this lane. */
  restart(): void {
    this.#keeper.restartSoon(this);
  }

  /**
   * Begins no further message. Messages that wait for memory, processes or disk space are left to a later process.
   * Resolves when the running messages have ended.
   */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const process of this.processes()) process.leaveIfWaiting();
    if (this.#workers + this.#ends > 0) await new Promise<void>((resolve) => this.#whenDone.push(resolve));
  }

  /** Stops the lane in the same way as `stop`, and also interrupts the running messages. */
  async interrupt(kind: LaneInterruption): Promise<void> {
    const stopped = this.stop();
    this.#interruption = kind;
    for (const { process } of this.#running.values()) process?.interrupt({ kind });
    await stopped;
  }

  /**
   * All messages that the lane has not settled, in order: first the messages that ran, and then the messages that wait.
   */
  unsettled(): Taken[] {
    return [...[...this.#running.values()].map(({ taken }) => taken), ...this.#backlog];
  }

  /** Forgets the waiting messages. Called when the stream of these messages does not exist any more. */
  clear(): void {
    this.#backlog.clear();
  }

  /**
   * Runs one message after the other. After a success the final ACK and the next message's `started` are sent right
   * after each other on one connection. The next run begins when both ACKs are stored, or at once if a repeat does no
   * harm. After a failure, the failed message is settled before the next message is opened. When no message is left,
   * the worker ends without another `await`. So a message that comes later starts another worker.
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
          // A rejection of `next` is thrown later, when `next` is awaited. This message must be settled first, or the
          // new lane would open this message again.
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
    // An interruption is not a fault: the caller that interrupts a lane decides how the lane goes on. A broken lane is
    // stopped by its keeper.
    const isExpected = isLeft(error) && (this.#interruption !== undefined || this.#broken);
    this.#stopped = this.#broken = true;
    if (!isExpected) this.#keeper.broke(this, error);
  }

  /**
   * The lane may go on while the ends of several messages are recorded. If the recording fails, it fails for all of
   * them, but the lane breaks only once.
   */
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
    // Copies of one message never run side by side. The second copy finds in the journal how the first copy ended.
    const taken = this.#backlog.take(({ address }) => !this.#running.has(address.id));
    if (taken === undefined) return undefined;
    const running: Running = { taken, process: undefined, ended: false };
    this.#running.set(taken.address.id, running);
    return this.#open(running);
  }

  /** Makes the process of a message. The process checks if the message may run. */
  async #open(running: Running): Promise<OpenedMessage | undefined> {
    const { taken } = running;
    const payload = taken.payload ?? (await this.#backlog.payloadOf(taken));
    if (payload === undefined) {
      this.#parts.taken.forget(taken);
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

/** A message that the lane runs. The process is undefined until the payload is there. */
interface Running {
  readonly taken: Taken;
  process: MessageProcess | undefined;
  /** True when the run has ended. The end must still be recorded and settled. */
  ended: boolean;
}

type OpenedMessage = Readonly<{ running: Running; process: MessageProcess; opened: Opened }>;

/** Ends the turn of a suspect that was opened but does not run, so that no other message waits for it. */
function leave(message: OpenedMessage | undefined): void {
  if (message?.opened.kind === "run") message.opened.turn?.end();
}
