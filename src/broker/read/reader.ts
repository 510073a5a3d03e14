import type { ApiError } from "@nats-io/jetstream";
import { createInbox, nuid, type Msg, type Subscription } from "nats";
import { askApi, refusedBy } from "../connection/api.ts";
import { SilenceError, type Broker } from "../connection/broker.ts";
import { statusCodes } from "../connection/server-codes.ts";
import { deliveryPlace } from "./delivery-place.ts";
import type { Stored } from "./direct-get.ts";

export interface ReaderOptions {
  readonly filters: readonly string[];
  /**
   * The position to begin at: the first message, a sequence, or the first message stored since a date. With
   * `lastOfEach`, only the last message of each subject is read.
   */
  readonly from: "first" | "lastOfEach" | number | Date;
  /** If true, reads no payloads. */
  readonly headersOnly?: boolean | undefined;
  /** If true, waits for new messages. If false, the reading ends at the last message. */
  readonly follow: boolean;
}

const batch = 1000;
/** The number of entries of a bucket in one request. Most entries are small. */
const wideBatch = 5000;
const maxBytes = 512 * 1024;
const heartbeatMs = 2000;
const second = 1_000_000_000;

/** After this time of silence, in milliseconds, the broker or the consumer counts as lost. */
const patience = 2 * heartbeatMs + 1000;

/**
 * Reads messages of a stream in their order from a position on, with its own consumer, as fast as the caller takes the
 * messages. The reader does not recover from trouble: it throws silence (see `isSilence`).
 */
export class Reader {
  readonly #broker: Broker;
  readonly #stream: string;
  readonly #options: ReaderOptions;
  readonly #name: string = `steward-read-${nuid.next()}`;
  /** Ends the present wait. */
  #interrupt: (reason: "lost" | "stopped") => void = () => {};
  #stopped = false;
  #delivered = 0;

  constructor(broker: Broker, stream: string, options: ReaderOptions) {
    this.#broker = broker;
    this.#stream = stream;
    this.#options = options;
  }

  /** Ends the reading. */
  stop(): void {
    this.#stopped = true;
    this.#interrupt("stopped");
  }

  /** @throws StewardError streamsMissing, brokerRefused */
  async *messages(): AsyncGenerator<Stored> {
    const forget = this.#broker.onConnection({ lost: () => this.#interrupt("lost") });
    try {
      if ((await this.#createConsumer()) === 0 && this.#endsByCount) return;
      for (let limit = maxBytes; !this.#stopped;) {
        const end = yield* this.#pull(limit);
        if (end === "empty" && !this.#options.follow) return;
        // A message larger than the limit would never come, so the next limit is large enough for any message.
        limit = end === "tooLarge" ? this.#broker.maxPayload + maxBytes : maxBytes;
      }
    } finally {
      forget();
      this.#removeConsumer();
    }
  }

  /**
   * True if the reading ends when the consumer has no pending message. With `lastOfEach`, the number of pending
   * messages may change during the reading, so the server reports the end instead.
   */
  get #endsByCount(): boolean {
    return !this.#options.follow && this.#options.from !== "lastOfEach";
  }

  /** Makes one request. The request is limited, so that not too many messages are on the way to a slow reader. */
  async *#pull(limit: number): AsyncGenerator<Stored, "more" | "empty" | "tooLarge"> {
    const reply = createInbox();
    const subscription = this.#broker.nc.subscribe(reply);
    const iterator = subscription[Symbol.asyncIterator]();
    const wait = this.#options.follow ? { expires: 30 * second, idle_heartbeat: heartbeatMs * 1e6 } : { no_wait: true };
    const request = JSON.stringify({ batch: this.#batch, ...this.#bound(limit), ...wait });
    this.#broker.nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${this.#stream}.${this.#name}`, request, { reply });
    try {
      for (let count = 0; ;) {
        const msg = await this.#next(iterator, subscription);
        if (msg === undefined) return "empty";
        const place = deliveryPlace(msg.reply);
        if (place === undefined) {
          const end = endOf(msg, count);
          if (end !== undefined) return end;
          continue;
        }
        if (place.delivery !== ++this.#delivered) throw new SilenceError("a message was lost on the way");
        const { sequence, storedAt, pending } = place;
        // The time is in whole milliseconds. A direct get returns the time in this form, and the time is displayed in
        // this form.
        yield {
          subject: msg.subject,
          sequence,
          storedAt: Math.floor(storedAt),
          data: msg.data,
          headers: msg.headers,
        };
        if (pending === 0 && this.#endsByCount) return "empty";
        if (++count === this.#batch) return "more";
      }
    } finally {
      if (!this.#broker.nc.isClosed()) subscription.unsubscribe();
    }
  }

  /**
   * The limit of a request in bytes. A request for the last messages of subjects must have no such limit: the server
   * (2.15.2) skips the message at which the limit is reached, and never delivers that message.
   */
  #bound(limit: number): object {
    return this.#options.from === "lastOfEach" ? {} : { max_bytes: limit };
  }

  get #batch(): number {
    return this.#options.from === "lastOfEach" ? wideBatch : batch;
  }

  /** The next message. Undefined if the reading was stopped. */
  async #next(iterator: AsyncIterator<Msg>, subscription: Subscription): Promise<Msg | undefined> {
    let trouble: "lost" | "silent" | "stopped" | undefined = this.#stopped ? "stopped" : undefined;
    if (trouble === undefined) {
      const end = (why: typeof trouble): void => {
        trouble = why;
        subscription.unsubscribe();
      };
      // The alarm is set only during a wait, because a slow reader does not mean that the broker is silent.
      const alarm = setTimeout(() => end("silent"), patience);
      this.#interrupt = end;
      const next = await iterator.next();
      clearTimeout(alarm);
      this.#interrupt = () => {};
      if (next.done !== true) return next.value;
    }
    if (trouble === "stopped") return undefined;
    throw new SilenceError(trouble === "lost" ? "the connection to the broker was lost" : `${this.#stream} is silent`);
  }

  /** Creates the consumer. Resolves to the number of messages to read. */
  async #createConsumer(): Promise<number> {
    const config = {
      name: this.#name,
      description: "Steward reads",
      ack_policy: "none",
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: 60 * second,
      filter_subjects: this.#options.filters,
      headers_only: this.#options.headersOnly === true,
      ...start(this.#options.from),
    };
    const body = JSON.stringify({ stream_name: this.#stream, action: "create", config });
    const subject = `$JS.API.CONSUMER.CREATE.${this.#stream}.${this.#name}`;
    const answer = await askApi<{ readonly num_pending?: number; readonly error?: ApiError }>(
      this.#broker,
      subject,
      body,
    );
    if (answer.error === undefined) return answer.num_pending ?? 0;
    throw refusedBy(this.#stream, answer.error, `the broker refuses to let ${this.#stream} be read`);
  }

  /**
   * Removes the consumer without a wait for the answer. If the request is lost, the broker removes the consumer a
   * minute later.
   */
  #removeConsumer(): void {
    const { nc } = this.#broker;
    if (!nc.isClosed()) nc.publish(`$JS.API.CONSUMER.DELETE.${this.#stream}.${this.#name}`);
  }
}

/** The meaning of a status for the request. Undefined if the request continues. */
function endOf({ headers }: Msg, count: number): "more" | "empty" | "tooLarge" | undefined {
  const { code = 0, description = "" } = headers ?? {};
  if (code === statusCodes.heartbeat) return undefined;
  if (code === statusCodes.nothingThere || code === statusCodes.requestExpired) return "empty";
  if (/exceeds maxbytes/i.test(description)) return count === 0 ? "tooLarge" : "more";
  throw new SilenceError(`the consumer does not exist any more: ${code} ${description}`);
}

function start(from: ReaderOptions["from"]): object {
  if (from === "first") return { deliver_policy: "all" };
  if (from === "lastOfEach") return { deliver_policy: "last_per_subject" };
  return typeof from === "number"
    ? { deliver_policy: "by_start_sequence", opt_start_seq: from }
    : { deliver_policy: "by_start_time", opt_start_time: from.toISOString() };
}
