import type { Logger } from "pino";
import type { Delivery } from "../broker/pull.ts";
import type { Registry } from "../handlers/registry.ts";
import type { Ack } from "../protocol/ack.ts";
import { canonicalSubject } from "../protocol/draft.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { laneName, type Address } from "../protocol/subjects.ts";
import { hold, type Held } from "./held.ts";
import { Lane } from "./lane.ts";
import { MessageProcess, type ProcessEnvironment } from "./message-process.ts";

export interface DispatcherEnvironment extends ProcessEnvironment {
  readonly registry: Registry;
  readonly log: Logger;
  /** Reads a payload again; undefined when the message is no longer in the stream. */
  readonly payloadOf: (held: Held) => Promise<Uint8Array | undefined>;
  /** Tells whom a final ACK concerns, before the message is acknowledged. */
  readonly tell: (held: Held, final: Ack) => Promise<void>;
  readonly acknowledge: (held: Held) => void;
  /** Called when the daemon must end: it was replaced by another. */
  readonly fatal: (error: Error) => void;
}

export interface LaneStatus {
  readonly name: string;
  readonly waiting: number;
  readonly running: number;
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
  #stopped = false;

  constructor(env: DispatcherEnvironment) {
    this.#env = env;
  }

  /** Takes in what the consumer delivered. */
  deliver(delivery: Delivery): void {
    const known = this.#held.get(delivery.sequence);
    if (known !== undefined) {
      known.ackSubject = delivery.ackSubject;
      return;
    }
    const held = hold(delivery);
    if (held === undefined || this.#stopped) return;
    this.#held.set(held.sequence, held);
    this.#laneOf(held.address).push(held);
  }

  /** Forgets everything that waits: the stream was made anew, and its sequences mean other messages now. */
  forget(): void {
    this.#held.clear();
    for (const lane of this.#lanes.values()) lane.clear();
  }

  /** Begins no further message. Resolves when those that run have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#lanes.values()].map((lane) => lane.stop()));
  }

  /** The messages that are held. */
  held(): Iterable<Held> {
    return this.#held.values();
  }

  get heldCount(): number {
    return this.#held.size;
  }

  lanes(): LaneStatus[] {
    return [...this.#lanes.values()].map(({ name, waiting, running }) => ({ name, waiting, running }));
  }

  #laneOf({ messageType, subject }: Pick<Address, "messageType" | "subject">): Lane {
    const name = laneName({ messageType, subject: canonicalSubject(subject) });
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = new Lane(name, this.#env.registry.find({ messageType, subject })?.concurrency ?? 1, {
        processOf: (held) => this.#processOf(held),
        settle: (held, final) => this.#settle(held, final),
        broken: (broken, error) => this.#restart(broken, error),
        idle: (idle) => this.#lanes.delete(idle.name),
      });
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  #processOf(held: Held): MessageProcess | Promise<MessageProcess | undefined> {
    if (held.payload !== undefined) return new MessageProcess(held, held.payload, this.#env);
    return this.#env.payloadOf(held).then((payload) => {
      if (payload !== undefined) return new MessageProcess(held, payload, this.#env);
      if (this.#holds(held)) this.#held.delete(held.sequence);
      return undefined;
    });
  }

  async #settle(held: Held, final: Ack): Promise<void> {
    const { state, durationMs } = final;
    this.#env.log.info({ id: held.address.id, lane: laneName(held.address), state, durationMs }, "message ended");
    await this.#env.tell(held, final);
    // Held no longer: the stream that it came from was made anew, and its acknowledgement would hit a stranger.
    if (!this.#holds(held)) return;
    this.#held.delete(held.sequence);
    this.#env.acknowledge(held);
  }

  /** False for a message of a stream that was made anew, though another may have its sequence now. */
  #holds(held: Held): boolean {
    return this.#held.get(held.sequence) === held;
  }

  #restart(lane: Lane, error: unknown): void {
    if (this.#stopped || this.#env.shutdown.aborted) return;
    if (error instanceof StewardError && error.code === "replaced") return this.#env.fatal(error);
    this.#env.log.error({ lane: lane.name, err: error }, `lane broke and is started again: ${messageOf(error)}`);
    // Until then the broken lane goes on taking messages in, so that none overtakes.
    setTimeout(() => void lane.stop().then(() => this.#replace(lane)), restartDelay).unref();
  }

  /** Nothing runs in the lane any more; several of its messages may have broken it. */
  #replace(lane: Lane): void {
    if (this.#stopped || this.#lanes.get(lane.name) !== lane) return;
    this.#lanes.delete(lane.name);
    for (const held of lane.unsettled()) if (this.#holds(held)) this.#laneOf(held.address).push(held);
  }
}
