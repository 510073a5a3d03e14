import { StewardError } from "../protocol/errors.ts";
import { inParallel } from "../protocol/in-parallel.ts";
import type { Message } from "../protocol/message.ts";
import { messageSubject } from "../protocol/subjects.ts";
import { batchesOf, stage, type Entry } from "./batch.ts";
import type { Broker } from "./broker.ts";
import { consumerNames, ensureConsumer } from "./consumer.ts";
import { publishUntilKnown } from "./publish.ts";
import { serverCodes } from "./server-codes.ts";

/** So many batches are with the broker before the first is stored; it holds at most 50 of all senders together. */
const stagedAtOnce = 5;
/** Beyond so many nodes, the names of all consumers are read at once. */
const worthAList = 20;
const requestsAtOnce = 100;

/** Refusals of a batch that say nothing of the next try: the broker is busy, or lost a part on the way. */
const passing: ReadonlySet<number> = new Set([serverCodes.tooManyBatches, serverCodes.batchIncomplete]);

/** The way into the work queue. */
export class Queue {
  readonly #broker: Broker;

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /**
   * Makes sure that each node has its durable consumer, because on a work queue a message without one can be
   * acknowledged away by another node.
   * @throws StewardError streamsMissing, brokerRefused; or the reason of `signal`
   */
  async prepare(nodes: readonly string[], signal?: AbortSignal): Promise<void> {
    const broker = this.#broker;
    const unknown = nodes.filter((node) => !broker.preparedNodes.has(node));
    // One list of all names is cheaper than a question for each of many.
    const there =
      unknown.length > worthAList ? await broker.untilAnswered(() => consumerNames(broker), signal) : undefined;
    const missing = unknown.filter((node) => there?.has(node) !== true);
    await inParallel(missing, requestsAtOnce, (node) =>
      broker.untilAnswered(() => ensureConsumer(broker, node), signal),
    );
    for (const node of unknown) broker.preparedNodes.add(node);
  }

  /**
   * Stores messages, those of a lane in their order: in atomic batches, one after the other. Tries until each is known
   * to be stored; a message that is there already (the same subject, within the broker's window) is not stored again.
   * @throws StewardError notStored when the broker refuses, tooLarge; or the reason of `signal`
   */
  async put(messages: readonly Message[], signal?: AbortSignal): Promise<void> {
    const batches = batchesOf(messages.map((message) => this.#entry(message)));
    while (batches.length > 0) {
      signal?.throwIfAborted();
      // All go to the broker before the first is stored and its nodes begin: what they acknowledge holds up the queue.
      const commits = batches.splice(0, stagedAtOnce).map((batch) => this.#begin(batch, signal));
      for (const commit of commits) await commit();
    }
  }

  /** Begins to store one batch, which the function that is returned then does. */
  #begin(batch: readonly Entry[], signal?: AbortSignal): () => Promise<void> {
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) return () => this.#putOne(only, signal);
    let commit = stage(this.#broker, batch);
    return async () => {
      for (let tries = 0; ; tries++) {
        signal?.throwIfAborted();
        const result = await commit();
        if (result.kind === "stored") return;
        if (result.kind === "refused") {
          if (result.code === serverCodes.batchHoldsKnownId) return this.#putEach(batch, signal);
          if (!passing.has(result.code)) throw notStored(result.reason);
        }
        await this.#broker.backOff(tries, signal);
        commit = stage(this.#broker, batch);
      }
    };
  }

  /** Some or all of a batch are stored already: each by itself tells which, those of a lane one after the other. */
  async #putEach(batch: readonly Entry[], signal?: AbortSignal): Promise<void> {
    const lanes = new Map<string, Entry[]>();
    for (const entry of batch) {
      const lane = entry.subject.slice(0, entry.subject.lastIndexOf("."));
      const entries = lanes.get(lane);
      if (entries === undefined) lanes.set(lane, [entry]);
      else entries.push(entry);
    }
    await inParallel([...lanes.values()], requestsAtOnce, async (entries) => {
      for (const entry of entries) await this.#putOne(entry, signal);
    });
  }

  async #putOne({ subject, payload }: Entry, signal?: AbortSignal): Promise<void> {
    const result = await publishUntilKnown(this.#broker, subject, payload, { "Nats-Msg-Id": subject }, signal);
    if (result.kind === "refused") throw notStored(result.reason);
  }

  #entry(message: Message): Entry {
    const payload = Buffer.from(JSON.stringify(message));
    if (payload.length > this.#broker.maxPayload - 1024) {
      throw new StewardError(
        "tooLarge",
        `the message ${message.id} has ${payload.length} bytes, more than the broker takes`,
      );
    }
    return { subject: messageSubject(this.#broker.namespace, message), payload };
  }
}

function notStored(reason: string): StewardError {
  return new StewardError("notStored", `the broker refused to store a message: ${reason}`);
}
