import type { Logger } from "pino";
import type { Delivery } from "../broker/read/pull.ts";
import type { Link } from "../broker/write/journal.ts";
import type { Handler } from "../handlers/define.ts";
import type { CancelRequest, LaneReport } from "../protocol/control.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import type { Message } from "../protocol/message.ts";
import { laneName, laneOf, parseLaneName } from "../protocol/subjects.ts";
import { onAbort } from "../util/on-abort.ts";
import { hold as take, type Held } from "./held.ts";
import type { LaneHolds } from "./holds.ts";
import { laneReport, unserved } from "./lane-report.ts";
import { Lane } from "./lane.ts";
import { MessageProcess, type ProcessEnvironment } from "./message-process.ts";
import { noticesOf, quarantineNotice } from "./notices.ts";

export interface DispatcherEnvironment extends ProcessEnvironment {
  readonly holds: LaneHolds;
  readonly log: Logger;
  /** Aborted when the daemon must end without waiting for what runs. */
  readonly shutdown: AbortSignal;
  /** Reads a payload again; undefined when the message is no longer in the stream. */
  readonly payloadOf: (held: Held) => Promise<Uint8Array | undefined>;
  /** Reads the payloads of messages of one subject, in their order; may leave some out. */
  readonly payloadsOf: (held: readonly Held[]) => Promise<ReadonlyMap<Held, Uint8Array>>;
  /** Sends the messages that follow from what happened here. */
  readonly tell: (notices: readonly Message[]) => Promise<void>;
  readonly acknowledge: (held: Held) => void;
  /** Called when the daemon must end at once, writing nothing more: it was replaced by another. */
  readonly fatal: (error: Error) => void;
  /** Called when the error kernel wants the daemon to stop, in order. */
  readonly shutDown: (error: StewardError) => void;
}

/** A broken lane begins again after this wait, in milliseconds, so that a fault that stays does not spin. */
const restartDelay = 1000;

/**
 * Hands each delivery to the lane of its `messageType.subject`. Lanes are started by their first message and end when
 * nothing is left in them. What is held is known by its sequence, so a message delivered again is not run again.
 */
export class Dispatcher {
  readonly #env: DispatcherEnvironment;
  readonly #held = new Map<number, Held>();
  readonly #lanes = new Map<string, Lane>();
  #draining = false;
  #stopped = false;

  constructor(env: DispatcherEnvironment) {
    this.#env = env;
    onAbort(env.shutdown, () => {
      void this.stop();
      void this.#interrupt("abandoned");
    });
  }

  /** Takes in what the consumer delivered. */
  deliver(delivery: Delivery): void {
    const known = this.#held.get(delivery.sequence);
    if (known !== undefined) return void (known.ackSubject = delivery.ackSubject);
    const held = take(delivery);
    if (held === undefined || this.#stopped) return;
    this.#held.set(held.sequence, held);
    this.#laneOf(held).push(held);
  }

  /** Forgets everything that waits: the stream was made anew, and its sequences mean other messages now. */
  forget(): void {
    this.#held.clear();
    for (const lane of this.#lanes.values()) {
      lane.clear();
      if (lane.running === 0) this.#end(lane);
    }
  }

  /** Begins no further message. Resolves when those that run have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#env.suspects.stop();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.stop()));
  }

  /** After a stop: waits no longer for what runs, but records that it was cut off. */
  async cutOff(): Promise<void> {
    await this.#interrupt("cutOff");
  }

  /** While it drains, no lane begins a further message. */
  get draining(): boolean {
    return this.#draining || this.#stopped;
  }

  drain(): void {
    this.#draining = true;
  }

  endDrain(): void {
    this.#draining = false;
    for (const lane of this.#lanes.values()) lane.wake();
  }

  /** Goes on in a lane that was held. */
  wake(name: string): void {
    this.#lanes.get(name)?.wake();
  }

  /**
   * Ends what a lane runs, and begins again with it in a fresh lane. Resolves when that one has taken over; to false
   * when there is no such lane.
   */
  async restart(name: string): Promise<boolean> {
    const [lane, handler] = [this.#lanes.get(name), this.#handlerOf(name)];
    await lane?.interrupt("abandoned");
    handler?.reset?.();
    if (lane !== undefined) this.#replace(lane);
    return lane !== undefined || handler?.reset !== undefined;
  }

  /** Ends a message that runs, for good. False when it waits, or is not here: then the journal alone can tell. */
  cancel(request: CancelRequest): boolean {
    const lane = this.#lanes.get(laneOf(request)) ?? this.#lanes.get(unserved);
    return lane?.processOf(request)?.cancel(request.by) === true;
  }

  held(): Iterable<Held> {
    return this.#held.values();
  }

  get heldCount(): number {
    return this.#held.size;
  }

  /** How many messages all lanes are at. */
  readonly running = (): number => [...this.#lanes.values()].reduce((sum, lane) => sum + lane.running, 0);

  /** Every lane that has messages, and every one that may begin none. */
  lanes(): LaneReport[] {
    const names = new Set([...this.#lanes.keys(), ...this.#env.holds.all().map(([name]) => name)]);
    return [...names].toSorted().map((name) => this.#report(name));
  }

  #report(name: string): LaneReport {
    return laneReport(name, this.#lanes.get(name), this.#env.holds.of(name), this.#env.troubles.of(name));
  }

  #laneOf({ address }: Held): Lane {
    const name = this.#nameFor(laneOf(address));
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = new Lane(name, this.#handlerOf(name)?.concurrency ?? 1, {
        processOf: (held) => this.#processOf(held),
        payloadsOf: (held) => this.#env.payloadsOf(held),
        settle: (held, end) => this.#settle(name, held, end),
        isHeld: () => this.#draining || this.#env.holds.of(name) !== undefined,
        // It rejects when the daemon ends, and the lane with it.
        broken: (broken, error) => void this.#broke(broken, error).catch(() => undefined),
        idle: (idle) => this.#end(idle),
      });
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  /** Subjects without a handler have no lane each: whoever may send can name any number of them. */
  #nameFor(lane: string): string {
    const hasItsOwn = this.#lanes.has(lane) || this.#env.holds.of(lane) !== undefined;
    return hasItsOwn || this.#handlerOf(lane) !== undefined ? lane : unserved;
  }

  #end(lane: Lane): void {
    if (this.#lanes.get(lane.name) === lane) this.#lanes.delete(lane.name);
  }

  #handlerOf(name: string): Handler | undefined {
    const lane = parseLaneName(name);
    return lane && this.#env.registry.find(lane);
  }

  #processOf(held: Held): MessageProcess | Promise<MessageProcess | undefined> {
    if (held.payload !== undefined) return new MessageProcess(held, held.payload, this.#env);
    return this.#env.payloadOf(held).then((payload) => {
      if (payload !== undefined) return new MessageProcess(held, payload, this.#env);
      if (this.#holds(held)) this.#held.delete(held.sequence);
      return undefined;
    });
  }

  /** What a stop of the lane protects must not slip through a crash: it is stored before the message is acknowledged. */
  async #settle(lane: string, held: Held, end: Link): Promise<void> {
    const { state, durationMs, error } = end.ack;
    // Of events there may be thousands a second, and the log of ACKs tells of each.
    const level = state === "succeeded" && held.address.messageType === "event" ? "debug" : "info";
    this.#env.log[level]({ id: held.address.id, lane: laneName(held.address), state, durationMs }, "message ended");
    const verdict = this.#env.kernel.judge(end.ack);
    const reason = `${held.address.id} ${state}: ${error?.message ?? "no reason given"}`;
    const isNew = verdict === "quarantine" && !this.#env.holds.isJudged(lane, end);
    // Not stored, it is left to the next life to judge: the message is not acknowledged.
    const isKept = !isNew || (await this.#env.holds.quarantine(lane, reason, end.sequence));
    const notices = noticesOf(held.address, end.ack, this.#env.settings);
    const hold = this.#env.holds.of(lane);
    if (hold?.state === "quarantined" && hold.behind === end.sequence)
      notices.push(quarantineNotice(lane, hold, this.#env.settings));
    await this.#env.tell(notices);
    this.#env.kernel.settled(lane);
    // Held no longer: the stream that it came from was made anew, and its acknowledgement would hit a stranger.
    if (isKept && this.#holds(held)) {
      this.#held.delete(held.sequence);
      this.#env.acknowledge(held);
    }
    if (end.ack.instance !== this.#env.instance) return; // Ended in a former life, which did the rest itself.
    // At once: what the lane would open next, and may run at most once, would be interrupted.
    if (verdict === "restart") void this.restart(lane).catch((cause: unknown) => this.#tell(lane, cause));
    if (verdict === "shutdown")
      this.#env.shutDown(new StewardError("shutDown", `the error kernel stops it: ${reason}`));
  }

  /** False for a message of a stream that was made anew, though another may have its sequence now. */
  #holds(held: Held): boolean {
    return this.#held.get(held.sequence) === held;
  }

  async #interrupt(kind: "abandoned" | "cutOff"): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.interrupt(kind)));
  }

  async #broke(lane: Lane, error: unknown): Promise<void> {
    if (this.#stopped) return;
    if (error instanceof StewardError && error.code === "replaced") return this.#env.fatal(error);
    this.#tell(lane.name, error);
    if (lane.name !== unserved && this.#env.kernel.judgeLane(lane.name) === "quarantine") {
      await this.#env.holds.quarantine(lane.name, `it breaks again and again: ${messageOf(error)}`);
      const hold = this.#env.holds.of(lane.name);
      if (hold !== undefined) await this.#env.tell([quarantineNotice(lane.name, hold, this.#env.settings)]);
    }
    // Until then the broken lane goes on taking messages in, so that none overtakes.
    setTimeout(() => void lane.stop().then(() => this.#replace(lane)), restartDelay).unref();
  }

  #tell(lane: string, error: unknown): void {
    this.#env.log.error({ lane, err: error }, `lane broke and is started again: ${messageOf(error)}`);
  }

  /** Nothing runs in the lane any more; several of its messages may have broken it. */
  #replace(lane: Lane): void {
    if (this.#stopped || this.#lanes.get(lane.name) !== lane) return;
    this.#lanes.delete(lane.name);
    for (const held of lane.unsettled()) if (this.#holds(held)) this.#laneOf(held).push(held);
  }
}
