import type { JetStreamManager, StreamConfig } from "@nats-io/jetstream";
import { StewardError } from "../../protocol/errors.ts";
import { isSilence, type Broker } from "../connection/broker.ts";
import { manageStream, useManager } from "../connection/packages.ts";
import { streamInfo } from "../read/stream-info.ts";
import { refusal, saysTaken } from "../topology/server-answers.ts";
import { asNew, shippedStreams, type ShippedStream } from "../topology/shipped-streams.ts";
import { journalMargin } from "../write/journal.ts";
import { copyAll } from "./copy.ts";
import { deleteOldQueue } from "./delete-old-queue.ts";
import { firingsFrom, markAsUsed, sourceRuns } from "./firings.ts";
import { lookAtMove, metadataOf, moveNames, nextStep, type Seen, type Step } from "./next-step.ts";

export interface MoveQueueOptions {
  /** The number of replicas of the new queue. If undefined, the new queue has as many as the old one. */
  readonly replicas?: number | undefined;
  /** Called with one line for each step that takes long. */
  readonly say: (line: string) => void;
  /** Called before each step, and after each part of a copy. A test stops the move here. */
  readonly before?: ((step: Step) => Promise<void> | void) | undefined;
  /** The longest time that the broker may need to delete the old queue, in milliseconds. Default: 30 s. */
  readonly deletionMs?: number | undefined;
}

/** The number of messages that this call copied into the new queue. */
export interface QueueMoved {
  readonly messages: number;
}

/** The keys of a stream's metadata: the result of `firingsFrom`, and the limits that the operator gave the old queue. */
const [firingsKey, limitsKey] = ["steward-firings-from", "steward-limits"];
/**
 * The limits of the old queue. The new queue gets them when the move ends. There are no limits during the move, because
 * a copy is a little larger than its message: the copies of a full queue would exceed them.
 */
const noLimits = { max_bytes: -1, max_msgs: -1, max_msg_size: -1 };
const requestMs = 15_000;

/**
 * Moves the messages of an old work queue into a new queue of the same name, because the broker does not change the
 * retention of a stream. The state of the streams decides the next step (see `Step`), so the move may be repeated after
 * a crash. Several programs may make the move at the same time: each step does nothing if it was made before, even if
 * its request reaches the broker late. Undefined if there was nothing to do.
 * @throws StewardError brokerRefused, streamsMissing
 */
export async function moveQueue(broker: Broker, options: MoveQueueOptions): Promise<QueueMoved | undefined> {
  return new Mover(broker, options).run();
}

class Mover {
  readonly #broker: Broker;
  readonly #options: MoveQueueOptions;
  readonly #shipped: ShippedStream;
  /** The stream whose messages were just copied completely. */
  #copied: string | undefined;
  readonly #counts = { copyAway: 0, copyBack: 0 };

  constructor(broker: Broker, options: MoveQueueOptions) {
    this.#broker = broker;
    this.#options = options;
    const all = shippedStreams(broker.namespace);
    this.#shipped = all.find(({ name }) => name === broker.names.messages) as ShippedStream;
  }

  async run(): Promise<QueueMoved | undefined> {
    let failed: { readonly step: Step; readonly error: unknown } | undefined;
    for (let [steps, silent] = [0, 0]; ; steps++) {
      const seen = await lookAtMove(this.#broker);
      const step = nextStep(seen, moveNames(this.#broker), this.#copied);
      // A step may fail because another program has made it. Then another step is the next one.
      if (failed !== undefined && failed.step === step) throw failed.error;
      failed = undefined;
      if (step === undefined) return steps === 0 ? undefined : { messages: this.#counts.copyBack };
      await this.#options.before?.(step);
      try {
        await this.#take(step, seen);
        silent = 0;
      } catch (error) {
        // After silence, the streams show whether the step was made.
        if (isSilence(error)) await this.#broker.backOff(silent++);
        else if (error instanceof StewardError || saysTaken(error)) failed = { step, error };
        else throw error;
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
    if (step === "clear") return this.#manage(moving, ({ streams }) => streams.delete(moving));
    if (step === "settle") return this.#settle();
    await this.#update(queue, { ...this.#closed(), sources: [] });
  }

  /**
   * Takes the subjects and the source away from the old queue. Before that, its progress shows the first firing that
   * the new queue must take over. Afterwards the broker no longer reports this progress, so it is kept in the metadata.
   *
   * The old queue also gets the subject that deletes it. A request to delete it by its name could delete the new queue
   * if it reaches the broker late. A message on this subject can only delete the old queue, because no other stream
   * listens on it.
   */
  async #retire({ queue }: Seen): Promise<void> {
    if (queue === undefined) return;
    const { retired, deletion } = moveNames(this.#broker);
    this.#options.say(`moving ${queue.config.name}, a work queue of an older version: senders wait from now on`);
    const from = await firingsFrom(this.#broker, queue);
    // The whole configuration contains the retention, so the broker refuses this update for the new queue.
    await this.#update(queue.config.name, {
      ...queue.config,
      subjects: [`${retired}.>`],
      sources: [],
      republish: { src: deletion, dest: `$JS.API.STREAM.DELETE.${queue.config.name}` },
      ...noLimits,
      max_msgs_per_subject: -1,
      discard_new_per_subject: false,
      allow_direct: true,
      metadata: {
        ...metadataOf(queue.config),
        [firingsKey]: String(from),
        [limitsKey]: JSON.stringify(picked(queue.config, Object.keys(noLimits))),
      },
    });
  }

  async #prepare({ queue }: Seen): Promise<void> {
    if (queue === undefined) return;
    const { moving, away } = moveNames(this.#broker);
    const { sources: _, ...shipped } = this.#shipped;
    await this.#create({
      ...placing(queue.config),
      ...shipped,
      name: moving,
      description: "The messages of the queue while steward init moves it",
      subjects: [`${away}.>`],
      metadata: metadataOf(queue.config),
    });
  }

  async #copy(
    step: "copyAway" | "copyBack",
    way: { readonly from: string; readonly into: string; readonly prefix: string; readonly sentIn?: string },
  ): Promise<void> {
    const { config } = await this.#broker.untilAnswered(() => streamInfo(this.#broker, this.#broker.names.acks));
    const keepsMs = (config?.max_age ?? 0) / 1e6;
    const longest = keepsMs === 0 ? undefined : keepsMs - journalMargin;
    const copied = async (more: number): Promise<void> => {
      this.#counts[step] += more;
      if (this.#counts[step] % 10_000 < more) this.#say(step);
      await this.#options.before?.(step);
    };
    await copyAll(this.#broker, { ...way, longest, copied });
    this.#say(step);
    this.#copied = way.from;
  }

  #say(step: "copyAway" | "copyBack"): void {
    this.#options.say(
      `${counted(this.#counts[step])} copied ${step === "copyAway" ? "out of the old queue" : "into the new queue"}`,
    );
  }

  /** Creates the new queue directly after the deletion of the old one, because in between senders find no queue. */
  async #replace({ queue, moving }: Seen): Promise<void> {
    if (moving === undefined) return;
    const { sources: _, ...shipped } = this.#shipped;
    const { replicas = moving.config.num_replicas } = this.#options;
    const { [firingsKey]: _firings, [limitsKey]: _limits, ...metadata } = metadataOf(moving.config);
    const config = {
      ...placing(moving.config),
      ...asNew(shipped),
      ...this.#closed(),
      num_replicas: replicas,
      metadata,
    };
    if (!(await deleteOldQueue(this.#broker, queue !== undefined, this.#options.deletionMs))) return;
    await this.#options.before?.("replace");
    await this.#create(config);
  }

  /** The subjects of the new queue before it is opened. Only the move uses them. */
  #closed(): Pick<StreamConfig, "subjects" | "subject_transform"> {
    const { restored } = moveNames(this.#broker);
    const dest = `${this.#broker.namespace}.>`;
    return { subjects: [`${restored}.>`], subject_transform: { src: `${restored}.>`, dest } };
  }

  async #open({ queue, moving }: Seen): Promise<void> {
    if (queue === undefined) return;
    const { [firingsKey]: from = "0", [limitsKey]: limits = "{}" } = metadataOf(moving?.config ?? {});
    const sources = (this.#shipped["sources"] as object[]).map((source) => ({
      ...source,
      ...(from === "0" ? {} : { opt_start_seq: Number(from) }),
    }));
    const { subjects } = this.#shipped as unknown as StreamConfig;
    await this.#update(queue.config.name, {
      subjects,
      sources,
      subject_transform: undefined,
      ...(JSON.parse(limits) as object),
    });
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

  async #create(config: object): Promise<void> {
    try {
      await useManager(this.#broker, ({ streams }) => streams.add(config as StreamConfig), requestMs);
    } catch (error) {
      throw isSilence(error) || saysTaken(error) ? error : refusal(error, config as ShippedStream);
    }
  }

  async #update(stream: string, changes: object): Promise<void> {
    await this.#manage(stream, ({ streams }) => streams.update(stream, changes));
  }

  async #manage(stream: string, act: (manager: JetStreamManager) => Promise<unknown>): Promise<void> {
    const failed = `the broker does not move ${stream}`;
    await manageStream(this.#broker, { stream, failed, timeout: requestMs }, act);
  }
}

/** A number of messages as text. */
export function counted(count: number): string {
  return count === 1 ? "1 message" : `${count} messages`;
}

/** The settings of the operator that `moving` and the new queue keep. Others could stop the removal of messages. */
function placing(config: StreamConfig): Partial<StreamConfig> {
  return picked(config, ["num_replicas", "placement", "compression"]);
}

function picked(config: StreamConfig, fields: readonly string[]): Partial<StreamConfig> {
  return Object.fromEntries(Object.entries(config).filter(([field]) => fields.includes(field)));
}
