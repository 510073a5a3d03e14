import type { JetStreamManager, StreamConfig } from "@nats-io/jetstream";
import { nuid } from "nats";
import { setTimeout as delay } from "node:timers/promises";
import { StewardError } from "../../protocol/errors.ts";
import type { Broker } from "../connection/broker.ts";
import { manageStream, useManager } from "../connection/packages.ts";
import { streamInfo } from "../read/stream-info.ts";
import { refusal, saysTaken } from "../topology/server-answers.ts";
import { asNew, shippedStreams, type ShippedStream } from "../topology/shipped-streams.ts";
import { journalMargin } from "../write/journal.ts";
import { copyAll } from "./copy.ts";
import { firingsFrom, markAsUsed, sourceRuns } from "./firings.ts";
import { lookAtMove, metadataOf, moveNames, nextStep, type Seen, type Step } from "./next-step.ts";

export interface MoveQueueOptions {
  /** The number of replicas of the new queue. If undefined, the new queue has as many as the old one. */
  readonly replicas?: number | undefined;
  /** Called with one line for each step that takes long. */
  readonly say: (line: string) => void;
  /** Called before each step, and after each part of a copy. A test stops the move here. */
  readonly before?: ((step: Step) => Promise<void> | void) | undefined;
  /**
   * If another program that makes the move does nothing for this time, in milliseconds, this call continues the move.
   */
  readonly standstillMs?: number | undefined;
}

/** The number of messages that this call copied into the new queue. */
export interface QueueMoved {
  readonly messages: number;
}

/** The keys of a stream's metadata: the program that makes the move, and the result of `firingsFrom`. */
const [moverKey, firingsKey] = ["steward-mover", "steward-firings-from"];
const standstill = 10_000;
const [lookMs, requestMs] = [250, 15_000];

/**
 * Moves the messages of an old work queue into a new queue of the same name, because the broker does not change the
 * retention of a stream. The state of the streams decides the next step (see `Step`), so the move may be repeated after
 * a crash. If another program makes the move, this call waits. If that program does nothing for some time, this call
 * continues the move. Undefined if there was nothing to do.
 * @throws StewardError brokerRefused
 */
export async function moveQueue(broker: Broker, options: MoveQueueOptions): Promise<QueueMoved | undefined> {
  return new Mover(broker, options).run();
}

class Mover {
  readonly #broker: Broker;
  readonly #options: MoveQueueOptions;
  readonly #id = nuid.next();
  readonly #shipped: ShippedStream;
  /** The stream whose messages were just copied completely. */
  #copied: string | undefined;
  #messages = 0;
  #waits = false;

  constructor(broker: Broker, options: MoveQueueOptions) {
    this.#broker = broker;
    this.#options = options;
    const all = shippedStreams(broker.namespace);
    this.#shipped = all.find(({ name }) => name === broker.names.messages) as ShippedStream;
  }

  async run(): Promise<QueueMoved | undefined> {
    for (let steps = 0; ; steps++) {
      const seen = await lookAtMove(this.#broker);
      const step = nextStep(seen, moveNames(this.#broker), this.#copied);
      if (step === undefined) return steps === 0 ? undefined : { messages: this.#messages };
      if (this.#isAnothers(seen)) {
        await this.#claim(seen);
        continue;
      }
      await this.#options.before?.(step);
      try {
        await this.#take(step, seen);
      } catch (error) {
        // These errors mean that another program has made this step or a later one.
        const isElse = StewardError.is(error, "streamsMissing") || saysTaken(error);
        if (!isElse) throw error;
        this.#copied = undefined;
      }
    }
  }

  async #take(step: Step, seen: Seen): Promise<void> {
    const { queue, moving, away, restored } = moveNames(this.#broker);
    if (step === "retire") return this.#retire(seen);
    if (step === "prepare") return this.#prepare(seen);
    if (step === "copyAway") return this.#copy(step, { from: queue, into: moving, prefix: away });
    if (step === "replace") return this.#replace(seen);
    if (step === "copyBack") {
      if (seen.queue !== undefined) await markAsUsed(this.#broker, seen.queue, `${restored}.moved`);
      return this.#copy(step, { from: moving, into: queue, prefix: restored, sentIn: this.#broker.namespace });
    }
    if (step === "open") return this.#open(seen);
    if (step === "settle") return this.#settle();
    await this.#manage(moving, ({ streams }) => streams.delete(moving));
  }

  /**
   * Takes the subjects and the source away from the old queue. Before that, its progress shows the first firing that
   * the new queue must take over. Afterwards the broker no longer reports this progress, so it is kept in the metadata.
   */
  async #retire({ queue }: Seen): Promise<void> {
    if (queue === undefined) return;
    const { retired } = moveNames(this.#broker);
    this.#options.say(`moving ${queue.config.name}, a work queue of an older version: senders wait from now on`);
    const from = await firingsFrom(this.#broker, queue);
    await this.#update(queue.config.name, {
      subjects: [`${retired}.>`],
      sources: [],
      allow_direct: true,
      metadata: { ...metadataOf(queue.config), [firingsKey]: String(from) },
    });
  }

  async #prepare({ queue }: Seen): Promise<void> {
    if (queue === undefined) return;
    const { moving, away } = moveNames(this.#broker);
    const { sources: _, ...shipped } = this.#shipped;
    await this.#create({
      ...queue.config,
      ...shipped,
      name: moving,
      description: "The messages of the queue while steward init moves it",
      subjects: [`${away}.>`],
      metadata: { ...metadataOf(queue.config), [moverKey]: this.#id },
    });
  }

  async #copy(
    step: "copyAway" | "copyBack",
    way: { readonly from: string; readonly into: string; readonly prefix: string; readonly sentIn?: string },
  ): Promise<void> {
    const { config } = await this.#broker.untilAnswered(() => streamInfo(this.#broker, this.#broker.names.acks));
    const keepsMs = (config?.max_age ?? 0) / 1e6;
    const longest = keepsMs === 0 ? undefined : keepsMs - journalMargin;
    let count = 0;
    const copied = async (more: number): Promise<void> => {
      count += more;
      if (step === "copyBack") this.#messages += more;
      if (count % 10_000 < more) this.#say(step, count);
      await this.#options.before?.(step);
    };
    await copyAll(this.#broker, { ...way, longest, copied });
    this.#say(step, count);
    this.#copied = way.from;
  }

  #say(step: "copyAway" | "copyBack", count: number): void {
    this.#options.say(
      `${counted(count)} copied ${step === "copyAway" ? "out of the old queue" : "into the new queue"}`,
    );
  }

  /** Creates the new queue directly after the deletion of the old one, because in between senders find no queue. */
  async #replace({ queue, moving }: Seen): Promise<void> {
    if (moving === undefined) return;
    const { restored } = moveNames(this.#broker);
    const { sources: _, ...shipped } = this.#shipped;
    const { replicas = moving.config.num_replicas } = this.#options;
    const { [moverKey]: _mover, [firingsKey]: _firings, ...metadata } = metadataOf(moving.config);
    const config = {
      ...moving.config,
      ...asNew(shipped),
      subjects: [`${restored}.>`],
      subject_transform: { src: `${restored}.>`, dest: `${this.#broker.namespace}.>` },
      num_replicas: replicas,
      metadata,
    };
    if (queue !== undefined) {
      // If another program has taken over the move, it may already have created the new queue, which must not be
      // deleted.
      if (this.#isAnothers(await lookAtMove(this.#broker))) return;
      await this.#manage(queue.config.name, ({ streams }) => streams.delete(queue.config.name));
    }
    await this.#options.before?.("replace");
    await this.#create(config);
    this.#copied = undefined;
  }

  async #open({ queue, moving }: Seen): Promise<void> {
    if (queue === undefined) return;
    const from = Number(metadataOf(moving?.config ?? {})[firingsKey] ?? 0);
    const sources = (this.#shipped["sources"] as object[]).map((source) => ({
      ...source,
      ...(from === 0 ? {} : { opt_start_seq: from }),
    }));
    const { subjects } = this.#shipped as unknown as StreamConfig;
    await this.#update(queue.config.name, { subjects, sources, subject_transform: undefined });
  }

  /**
   * Waits until the queue takes over firings. Then removes the sequence at which it had to begin from its
   * configuration, because this sequence is not needed any more.
   */
  async #settle(): Promise<void> {
    const { queue } = moveNames(this.#broker);
    await sourceRuns(this.#broker);
    await this.#update(queue, { sources: this.#shipped["sources"] });
  }

  #isAnothers({ moving }: Seen): boolean {
    return moving !== undefined && metadataOf(moving.config)[moverKey] !== this.#id;
  }

  /** Waits while another program moves the queue. If nothing changes for some time, takes over the move. */
  async #claim(seen: Seen): Promise<void> {
    const { moving } = moveNames(this.#broker);
    const { standstillMs = standstill, say } = this.#options;
    if (!this.#waits) say("another `steward init` has begun to move the queue; waiting for it");
    this.#waits = true;
    // The random part lets one of several waiting programs take over the move first. The others see this, and wait
    // again.
    const end = performance.now() + standstillMs * (1 + Math.random() / 2);
    while (performance.now() < end) {
      await delay(Math.min(lookMs, standstillMs));
      if (markOf(await lookAtMove(this.#broker)) !== markOf(seen)) return;
    }
    say("it does nothing any more; continuing the move");
    this.#waits = false;
    const metadata = { ...metadataOf(seen.moving?.config ?? {}), [moverKey]: this.#id };
    await this.#update(moving, { metadata });
  }

  async #create(config: object): Promise<void> {
    const add = ({ streams }: JetStreamManager) => streams.add(config as StreamConfig);
    try {
      await this.#broker.untilAnswered(() => useManager(this.#broker, add, requestMs));
    } catch (error) {
      throw saysTaken(error) ? error : refusal(error, config as ShippedStream);
    }
  }

  async #update(stream: string, changes: object): Promise<void> {
    await this.#manage(stream, ({ streams }) => streams.update(stream, changes));
  }

  async #manage(stream: string, act: (manager: JetStreamManager) => Promise<unknown>): Promise<void> {
    const failed = `the broker does not move ${stream}`;
    await this.#broker.untilAnswered(() => manageStream(this.#broker, { stream, failed, timeout: requestMs }, act));
  }
}

/** A number of messages as text. */
export function counted(count: number): string {
  return count === 1 ? "1 message" : `${count} messages`;
}

/** A text that changes when a move makes progress. */
function markOf({ queue, moving }: Seen): string {
  return JSON.stringify([queue, moving].map((one) => [one?.created, one?.config, one?.state.last_seq]));
}
