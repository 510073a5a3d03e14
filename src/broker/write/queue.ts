import { StewardError } from "../../protocol/errors.ts";
import type { Message } from "../../protocol/message.ts";
import { messageSubject } from "../../protocol/subjects.ts";
import { inParallel } from "../../util/in-parallel.ts";
import { toJson } from "../../util/json.ts";
import type { Broker } from "../connection/broker.ts";
import { serverCodes } from "../connection/server-codes.ts";
import { consumerNames, ensureConsumer } from "../topology/consumer.ts";
import { expireBeforeForgotten } from "./at-most-once.ts";
import { areApart, batchesOf, orderKey, stage, type Entry } from "./batch.ts";
import { publishUntilKnown } from "./publish.ts";

/** How many batches are sent to the broker before the first is stored; it holds at most 50 of all senders together. */
const stagedAtOnce = 5;
/**
 * How long batches are sent before the first is stored, in milliseconds: the broker forgets a batch that waits for 10
 * s.
 */
const stagingMs = 1000;
/**
 * The broker calls a batch incomplete when it refused a part, for the moment or permanently. After this number of such
 * answers, each message is stored by itself, which shows the reason.
 */
const incompleteAtMost = 3;
/** For more nodes than this, the names of all consumers are read at once. */
const worthAList = 20;
const requestsAtOnce = 100;

/** Refusals of a batch that are temporary: the broker is busy, or a part was lost on the way. */
const passing: ReadonlySet<number> = new Set([serverCodes.tooManyBatches, serverCodes.batchIncomplete]);

export interface QueueOptions {
  /**
   * Called right before the first message is published; its writes to the connection go out together with that message.
   */
  readonly onReady?: (() => void) | undefined;
  /** Ends the tries, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The only way into the work queue, for every sender: a person, a paste, a schedule or a node. */
export class Queue {
  readonly #broker: Broker;

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /**
   * Stores messages after preparing them and the queue. Resolves when each is known to be stored.
   * @throws StewardError badMessage; as `prepare` and `put`
   */
  async send(messages: readonly Message[], { onReady, signal }: QueueOptions = {}): Promise<void> {
    const ready = await this.ready(messages, signal);
    onReady?.();
    await this.put(ready, signal);
  }

  /**
   * Makes the queue ready for messages, and the messages for the queue: a message that may run at most once expires
   * before the journal forgets it.
   * @throws StewardError badMessage for a message with a longer expiry; as `prepare`
   */
  async ready(messages: readonly Message[], signal?: AbortSignal): Promise<readonly Message[]> {
    await this.prepare([...new Set(messages.map(({ node }) => node))], signal);
    return expireBeforeForgotten(this.#broker, messages, signal);
  }

  /**
   * Makes sure that each node has its durable consumer: on a work queue, another node could acknowledge (and so remove)
   * a message without one.
   * @throws StewardError streamsMissing, brokerRefused; or the reason of `signal`
   */
  async prepare(nodes: readonly string[], signal?: AbortSignal): Promise<void> {
    const broker = this.#broker;
    const unknown = nodes.filter((node) => !broker.preparedNodes.has(node));
    // One list of all names is cheaper than one question for each of many nodes.
    const there =
      unknown.length > worthAList ? await broker.untilAnswered(() => consumerNames(broker), signal) : undefined;
    const missing = unknown.filter((node) => there?.has(node) !== true);
    await inParallel(missing, requestsAtOnce, (node) =>
      broker.untilAnswered(() => ensureConsumer(broker, node), signal),
    );
    for (const node of unknown) broker.preparedNodes.add(node);
  }

  /**
   * Stores messages in atomic batches, those of a lane in their order. Tries until each is known to be stored; a
   * message that is stored already (the same subject, within the broker's window) is not stored again.
   * @throws StewardError notStored when the broker refuses, tooLarge; or the reason of `signal`
   */
  async put(messages: readonly Message[], signal?: AbortSignal): Promise<void> {
    const [only] = messages;
    if (messages.length === 1 && only !== undefined) return this.#putOne(this.#entry(only), signal);
    // All are checked before the first is sent, but their bytes are not kept: those of a fleet may be gigabytes.
    for (const message of messages) this.#entry(message);
    const batches = batchesOf(this.#entries(messages));
    for (let next = batches.next(); next.done !== true;) {
      const begun = performance.now();
      const staged: Entry[][] = [];
      const commits: ((ahead: number) => Promise<void>)[] = [];
      // Several are sent to the broker before the first is stored and its nodes begin: their acknowledgements would
      // delay it.
      do {
        commits.push(await this.#begin(next.value, signal));
        staged.push(next.value);
        next = batches.next();
      } while (next.done !== true && commits.length < stagedAtOnce && performance.now() - begun < stagingMs);
      if (areApart(staged)) await allOf(commits);
      else for (const commit of commits) await commit(0);
    }
  }

  /** Begins to store a batch; the returned function completes it. */
  async #begin(batch: readonly Entry[], signal?: AbortSignal): Promise<(ahead: number) => Promise<void>> {
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) return () => this.#putOne(only, signal);
    let commit = await stage(this.#broker, batch, signal);
    return async (ahead) => {
      for (let [tries, incomplete] = [0, 0]; ; tries++) {
        signal?.throwIfAborted();
        const result = await commit(ahead);
        if (result.kind === "stored") return;
        if (result.kind === "refused") {
          if (result.code === serverCodes.batchIncomplete) incomplete++;
          if (result.code === serverCodes.batchHoldsKnownId || incomplete === incompleteAtMost) {
            return this.#putEach(batch, signal);
          }
          if (!passing.has(result.code)) throw notStored(result.reason);
        }
        await this.#broker.backOff(tries, signal);
        commit = await stage(this.#broker, batch, signal);
      }
    };
  }

  /**
   * Stores each message of a batch by itself, which shows those that are stored already and those that are refused.
   * Messages of a lane are stored one after the other. Ends with the first that is refused.
   */
  async #putEach(batch: readonly Entry[], signal?: AbortSignal): Promise<void> {
    const lanes = new Map<string, Entry[]>();
    for (const entry of batch) {
      const lane = orderKey(entry);
      const entries = lanes.get(lane);
      if (entries === undefined) lanes.set(lane, [entry]);
      else entries.push(entry);
    }
    const failed = new AbortController();
    const enough = signal === undefined ? failed.signal : AbortSignal.any([failed.signal, signal]);
    await inParallel([...lanes.values()], requestsAtOnce, async (entries) => {
      try {
        for (const entry of entries) await this.#putOne(entry, enough);
      } catch (error) {
        failed.abort(error);
      }
    });
    enough.throwIfAborted();
  }

  async #putOne({ subject, payload }: Entry, signal?: AbortSignal): Promise<void> {
    const result = await publishUntilKnown(this.#broker, subject, payload, { "Nats-Msg-Id": subject }, signal);
    if (result.kind === "refused") throw notStored(result.reason);
  }

  *#entries(messages: readonly Message[]): Generator<Entry> {
    for (const message of messages) yield this.#entry(message);
  }

  /** @throws StewardError tooLarge */
  #entry(message: Message): Entry {
    const payload = Buffer.from(toJson(message));
    if (payload.length > this.#broker.maxPayload - 1024) {
      throw new StewardError(
        "tooLarge",
        `too large: the message ${message.id} has ${payload.length} bytes, more than the broker accepts`,
      );
    }
    return { subject: messageSubject(this.#broker.namespace, message), payload };
  }
}

/** All at once, so that no acknowledgement of the first batch comes between. Rejects after all have finished. */
async function allOf(commits: readonly ((ahead: number) => Promise<void>)[]): Promise<void> {
  const results = await Promise.allSettled(commits.map((commit, ahead) => commit(ahead)));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

function notStored(reason: string): StewardError {
  return new StewardError("notStored", `the broker refused to store a message: ${reason}`);
}
