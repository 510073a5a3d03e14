import type { Delivery } from "../broker/read/pull.ts";
import type { Handler } from "../handlers/define.ts";
import type { CancelRequest, LaneReport } from "../protocol/control.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { laneOf, parseLaneName } from "../protocol/subjects.ts";
import { onAbort } from "../util/on-abort.ts";
import { laneReport, unserved } from "./lane-report.ts";
import { Lane, type LaneInterruption, type LaneKeeper } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import { quarantineNotice } from "./notices.ts";
import type { Parts } from "./parts.ts";
import type { Taken } from "./taken.ts";

/**
 * A broken lane starts again after this time, in milliseconds. Without a pause, a permanent fault would restart the
 * lane in a tight loop.
 */
const restartDelay = 1000;

/**
 * Hands each delivery to the lane `messageType.subject`. The first message of a lane starts the lane. A lane ends when
 * no messages are left.
 */
export class Dispatcher implements LaneKeeper {
  readonly #parts: Parts;
  readonly #lanes: Lanes;
  #stopped = false;

  constructor(parts: Parts, lanes: Lanes) {
    this.#parts = parts;
    this.#lanes = lanes;
    onAbort(parts.shutdown.signal, () => {
      void this.stop();
      void this.#interrupt("abandoned");
    });
  }

  /** Takes in a message that the consumer delivered. */
  deliver(delivery: Delivery): void {
    const { taken: all } = this.#parts;
    if (all.renew(delivery) || this.#stopped) return;
    const taken = all.take(delivery);
    if (taken !== undefined) this.#laneOf(taken).push(taken);
  }

  /**
   * Forgets all waiting messages. Called when the stream was deleted and created again: the sequences now belong to
   * other messages.
   */
  forget(): void {
    this.#parts.taken.clear();
    for (const lane of this.#lanes.values()) {
      lane.clear();
      if (lane.running === 0) this.idle(lane);
    }
  }

  /** Lets no further message begin. Resolves when the running messages have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#parts.suspects.stop();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.stop()));
  }

  /**
   * Ends the running messages after `stop`, and records that the daemon was stopped. `hurried`: true if a second signal
   * asked to stop at once.
   */
  async cutOff(hurried: boolean): Promise<void> {
    await this.#interrupt(hurried ? "hurried" : "cutOff");
  }

  /** True while the daemon drains or stops: no lane begins a further message. */
  get draining(): boolean {
    return this.#parts.holds.isDraining || this.#stopped;
  }

  drain(): void {
    this.#parts.holds.isDraining = true;
  }

  endDrain(): void {
    this.#parts.holds.isDraining = false;
    for (const lane of this.#lanes.values()) lane.wake();
  }

  /** Continues a lane that was held. */
  wake(name: string): void {
    this.#lanes.get(name)?.wake();
  }

  /**
   * Ends the running messages of a lane, and hands all messages of the lane to a new lane. Resolves when the new lane
   * has taken over. Resolves to false if there is no such lane and no handler to reset.
   */
  async restart(name: string): Promise<boolean> {
    const [lane, handler] = [this.#lanes.get(name), this.#handlerOf(name)];
    await lane?.interrupt("abandoned");
    handler?.reset?.();
    if (lane !== undefined) this.#replace(lane);
    return lane !== undefined || handler?.reset !== undefined;
  }

  /**
   * Cancels a running message. False if its end is decided already, or if it waits or is not here. Then the journal has
   * its state.
   */
  cancel(request: CancelRequest): boolean {
    const lane = this.#lanes.get(laneOf(request)) ?? this.#lanes.get(unserved);
    return lane?.processOf(request)?.cancel(request.by) === true;
  }

  /** Every lane that has messages, and every lane that is held. */
  lanes(): LaneReport[] {
    const { holds, troubles } = this.#parts;
    const names = new Set([...this.#lanes.keys(), ...holds.all().map(([name]) => name)]);
    return [...names]
      .toSorted()
      .map((name) => laneReport(name, this.#lanes.get(name), holds.of(name), troubles.of(name)));
  }

  idle(lane: Lane): void {
    if (this.#lanes.get(lane.name) === lane) this.#lanes.delete(lane.name);
  }

  broke(lane: Lane, error: unknown): void {
    // `#mend` rejects when the daemon ends. In that case the lane ends too.
    void this.#mend(lane, error).catch(() => undefined);
  }

  restartSoon({ name }: Lane): void {
    // The restart begins at once. A delay would let the lane open another message, and the restart would interrupt that
    // message if the message may run at most once.
    void this.restart(name).catch((error: unknown) => this.#logBreak(name, error));
  }

  #laneOf({ address }: Taken): Lane {
    const name = this.#nameFor(laneOf(address));
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = new Lane(name, this.#handlerOf(name)?.concurrency ?? 1, this.#parts, this);
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  /** All subjects without a handler share one lane, because a sender can invent any number of subjects. */
  #nameFor(lane: string): string {
    const hasItsOwn = this.#lanes.has(lane) || this.#parts.holds.of(lane) !== undefined;
    return hasItsOwn || this.#handlerOf(lane) !== undefined ? lane : unserved;
  }

  #handlerOf(name: string): Handler | undefined {
    const lane = parseLaneName(name);
    return lane && this.#parts.registry.find(lane);
  }

  async #interrupt(kind: LaneInterruption): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.interrupt(kind)));
  }

  async #mend(lane: Lane, error: unknown): Promise<void> {
    const { settings, kernel, holds, notices, shutdown } = this.#parts;
    if (this.#stopped) return;
    if (error instanceof StewardError && error.code === "replaced") return shutdown.replaced(error);
    this.#logBreak(lane.name, error);
    if (lane.name !== unserved && kernel.judgeLane(lane.name) === "quarantine") {
      await holds.quarantine(lane.name, `it breaks again and again: ${messageOf(error)}`);
      const hold = holds.of(lane.name);
      if (hold !== undefined) await notices.send([quarantineNotice(lane.name, hold, settings)]);
    }
    // Until the restart, the broken lane still takes messages in, so that the messages stay in order.
    setTimeout(() => void lane.stop().then(() => this.#replace(lane)), restartDelay).unref();
  }

  #logBreak(lane: string, error: unknown): void {
    this.#parts.log.error({ lane, err: error }, `lane broke and is started again: ${messageOf(error)}`);
  }

  /**
   * Called when no message runs in the lane any more. Several messages may have broken the lane, so the lane may be
   * replaced already.
   */
  #replace(lane: Lane): void {
    if (this.#stopped || this.#lanes.get(lane.name) !== lane) return;
    this.#lanes.delete(lane.name);
    for (const taken of lane.unsettled()) if (this.#parts.taken.has(taken)) this.#laneOf(taken).push(taken);
  }
}
