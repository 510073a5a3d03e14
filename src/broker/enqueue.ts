import { nuid } from "nats";
import { StewardError } from "../protocol/errors.ts";
import { inParallel } from "../protocol/in-parallel.ts";
import type { Message } from "../protocol/message.ts";
import { messageSubject } from "../protocol/subjects.ts";
import type { Broker } from "./broker.ts";
import { consumerNames, ensureConsumer } from "./consumer.ts";
import { headersOf, publishOnce, publishUntilKnown, type PublishResult } from "./publish.ts";
import { serverCodes } from "./server-codes.ts";

/** The most messages that the server takes in one atomic batch. */
const batchLimit = 1000;
const batchBytes = 8 * 1024 * 1024;
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
   * Stores messages in their order: in atomic batches, one after the other. Tries until each is known to be stored;
   * a message that is there already (the same subject, within the broker's window) is not stored again.
   * @throws StewardError notStored when the broker refuses, tooLarge; or the reason of `signal`
   */
  async put(messages: readonly Message[], signal?: AbortSignal): Promise<void> {
    for (const batch of batches(messages.map((message) => this.#entry(message)))) {
      await this.#putBatch(batch, signal);
    }
  }

  async #putBatch(batch: readonly Entry[], signal?: AbortSignal): Promise<void> {
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) return this.#putOne(only, signal);
    for (let tries = 0; ; tries++) {
      signal?.throwIfAborted();
      const result = await this.#publishBatch(batch);
      if (result.kind === "stored") return;
      if (result.kind === "refused" && result.code === serverCodes.batchHoldsKnownId) {
        // Some or all are stored already; each by itself tells which.
        for (const entry of batch) await this.#putOne(entry, signal);
        return;
      }
      if (result.kind === "refused" && !passing.has(result.code)) throw notStored(result.reason);
      await this.#broker.backOff(tries, signal);
    }
  }

  async #putOne({ subject, payload }: Entry, signal?: AbortSignal): Promise<void> {
    const result = await publishUntilKnown(this.#broker, subject, payload, { "Nats-Msg-Id": subject }, signal);
    if (result.kind === "refused") throw notStored(result.reason);
  }

  /** All or none: the broker stores the batch when its last message commits it. */
  async #publishBatch(batch: readonly Entry[]): Promise<PublishResult> {
    const id = nuid.next();
    const last = batch.length - 1;
    let result: PublishResult | undefined;
    for (const [index, { subject, payload }] of batch.entries()) {
      const header = { "Nats-Msg-Id": subject, "Nats-Batch-Id": id, "Nats-Batch-Sequence": String(index + 1) };
      if (index === last) {
        result = await publishOnce(this.#broker, subject, payload, { ...header, "Nats-Batch-Commit": "1" }, 10_000);
      } else {
        this.#broker.nc.publish(subject, payload, { headers: headersOf(header) });
      }
    }
    return result ?? { kind: "unknown", reason: "the batch is empty" };
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

interface Entry {
  readonly subject: string;
  readonly payload: Buffer;
}

function* batches(entries: readonly Entry[]): Generator<Entry[]> {
  let batch: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (batch.length === batchLimit || (batch.length > 0 && bytes + entry.payload.length > batchBytes)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += entry.payload.length;
  }
  if (batch.length > 0) yield batch;
}

function notStored(reason: string): StewardError {
  return new StewardError("notStored", `the broker refused to store a message: ${reason}`);
}
