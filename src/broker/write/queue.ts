import { setTimeout as delay } from "node:timers/promises";
import { StewardError } from "../../protocol/errors.ts";
import type { Message } from "../../protocol/message.ts";
import { messageSubject } from "../../protocol/subjects.ts";
import { inParallel } from "../../util/in-parallel.ts";
import { toJson } from "../../util/json.ts";
import { isSilence, type Broker } from "../connection/broker.ts";
import { serverCodes, streamsMissing } from "../connection/server-codes.ts";
import { streamInfo } from "../read/stream-info.ts";
import { expireBeforeForgotten } from "./at-most-once.ts";
import { areApart, batchesOf, orderKey, stage, type Entry } from "./batch.ts";
import { publishOnce, untilKnown, type PublishResult, type Unknown } from "./publish.ts";

/**
 * The number of batches that are sent to the broker before the first batch is stored. The broker accepts at most 50
 * unfinished batches of all senders together.
 */
const stagedAtOnce = 5;
/**
 * After this time, in milliseconds, no further batch is sent before the first batch is stored. The broker forgets a
 * batch that waits for 10 s.
 */
const stagingMs = 1000;
/**
 * The broker's answer "incomplete" means that it did not receive or accept all messages of the batch; it does not say
 * which or why. After this number of such answers, each message is stored by itself, because the answer for that
 * message gives the reason.
 */
const incompleteAtMost = 3;
const requestsAtOnce = 100;
/** If there is no queue, the time until the second look for it, in milliseconds. */
const secondLookMs = 1000;

/** Refusals of a batch that are temporary: the broker is busy, or a part was lost on the way. */
const passing: ReadonlySet<number> = new Set([serverCodes.tooManyBatches, serverCodes.batchIncomplete]);

export interface QueueOptions {
  /**
   * Called right before the first message is published. Data that it writes to the connection goes out together with
   * that message.
   */
  readonly onReady?: (() => void) | undefined;
  /** Called after each batch, with the number of messages of the batch. */
  readonly onStored?: ((count: number) => void) | undefined;
  /** When aborted, ends the tries and rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Stores messages in the queue. Every sender uses this class: a command, a program, an inbox and a node. */
export class Queue {
  readonly #broker: Broker;

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /**
   * Prepares the messages and stores them. Resolves when every message is known to be stored.
   * @throws StewardError as `ready` and `put`
   */
  async send(messages: readonly Message[], { onReady, onStored, signal }: QueueOptions = {}): Promise<void> {
    const ready = await this.ready(messages, signal);
    onReady?.();
    await this.put(ready, signal, onStored);
  }

  /**
   * Prepares messages. An at-most-once message gets an expiry before the time when the journal forgets the ACKs of the
   * message.
   * @throws StewardError badMessage if a message has a longer expiry; streamsMissing; or the reason of `signal`
   */
  async ready(messages: readonly Message[], signal?: AbortSignal): Promise<readonly Message[]> {
    return expireBeforeForgotten(this.#broker, messages, signal);
  }

  /**
   * Stores messages in atomic batches, and keeps the order of each lane. Tries until every message is known to be
   * stored. Does not store a message twice: for some minutes (`duplicate_window`), the broker recognises a stored
   * message by its subject, which contains the id.
   * @throws StewardError notStored if the broker refuses a message; tooLarge; or the reason of `signal`
   */
  async put(messages: readonly Message[], signal?: AbortSignal, onStored?: (count: number) => void): Promise<void> {
    const [only] = messages;
    if (messages.length === 1 && only !== undefined) return this.#putOne(this.#entry(only), signal);
    // Checks all messages before the first message is sent. The bytes are not kept, because the messages of a fleet may
    // have gigabytes.
    for (const message of messages) this.#entry(message);
    const batches = batchesOf(this.#entries(messages));
    for (let next = batches.next(); next.done !== true;) {
      const begun = performance.now();
      const staged: Entry[][] = [];
      const commits: ((ahead: number) => Promise<void>)[] = [];
      // Sends several batches to the broker before the first batch is stored, because then the first nodes begin to
      // run, and their ACKs would delay the sending.
      do {
        const batch = next.value;
        const commit = await this.#begin(batch, signal);
        commits.push((ahead) => commit(ahead).then(() => onStored?.(batch.length)));
        staged.push(batch);
        next = batches.next();
      } while (next.done !== true && commits.length < stagedAtOnce && performance.now() - begun < stagingMs);
      if (areApart(staged)) await allOf(commits);
      else for (const commit of commits) await commit(0);
    }
  }

  /** Begins to store a batch. The returned function completes the storing. */
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
        } else await this.#assertThere(result);
        await this.#broker.backOff(tries, signal);
        commit = await stage(this.#broker, batch, signal);
      }
    };
  }

  /**
   * Stores each message of a batch by itself. Each answer shows whether the message was stored before, or is refused.
   * Messages of a lane are stored one after another. Stops at the first refusal.
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
    const publish = async (timeoutMs: number): Promise<PublishResult> => {
      const result = await publishOnce(this.#broker, subject, payload, { "Nats-Msg-Id": subject }, timeoutMs);
      if (result.kind === "unknown") await this.#assertThere(result);
      return result;
    };
    const result = await untilKnown(this.#broker, publish, signal);
    if (result.kind === "refused") throw notStored(result.reason);
  }

  /**
   * Throws if the queue does not exist. If only its leader is missing, or if a person just creates the queue again, it
   * will be back soon, so nothing is thrown. The same holds while `steward init` moves the queue: the deletion of a
   * queue with many consumers may take long.
   * @throws StewardError streamsMissing
   */
  async #assertThere({ nobodyListens = false }: Unknown): Promise<void> {
    if (!nobodyListens) return;
    const { names } = this.#broker;
    const isMissing = (): Promise<boolean> =>
      streamInfo(this.#broker, names.messages).then(
        () => false,
        (error: unknown) => StewardError.is(error, "streamsMissing"),
      );
    if (!(await isMissing())) return;
    // A sender may have no right to see the stream of the move.
    if (await streamInfo(this.#broker, names.movingMessages).then(() => true, isSilence)) return;
    await delay(secondLookMs);
    if (await isMissing()) throw streamsMissing(names.messages);
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

/**
 * Starts all commits at once, so that no ACK for the first batch comes between two commits. Rejects only
 * after all commits have finished.
 */
async function allOf(commits: readonly ((ahead: number) => Promise<void>)[]): Promise<void> {
  const results = await Promise.allSettled(commits.map((commit, ahead) => commit(ahead)));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

function notStored(reason: string): StewardError {
  return new StewardError("notStored", `the broker refused to store a message: ${reason}`);
}
