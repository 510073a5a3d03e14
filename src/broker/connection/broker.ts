import { errors, type Msg, type MsgHdrs, type NatsConnection } from "nats";
import { setTimeout as delay } from "node:timers/promises";
import { guardSocket } from "./guard-socket.ts";
import { bearOddHeaders } from "./odd-headers.ts";
import { Replies } from "./replies.ts";
import { streamNames, type StreamNames } from "./stream-names.ts";

export interface ConnectionEvents {
  readonly lost?: (() => void) | undefined;
  readonly back?: (() => void) | undefined;
}

export interface RequestOptions {
  /** The time to wait for the answer, in milliseconds; by default 5 s. */
  readonly timeout?: number;
  readonly headers?: MsgHdrs;
}

/**
 * The longest time, in milliseconds, that a write of `soon` waits for a write to go out with. A message in a busy lane
 * takes less time, so such a write usually comes.
 */
const afterthoughtMs = 2;

/** The part of `Replies` that a broker uses. */
export type Requests = Pick<Replies, "ask" | "rejectAll" | "denied">;

/** A connection to the broker, for one fleet. The connection reconnects without help after each loss. */
export class Broker implements AsyncDisposable {
  readonly nc: NatsConnection;
  readonly namespace: string;
  readonly names: StreamNames;
  /**
   * The nodes that a send has looked up, so that the next send need not ask again. The set is cleared after a lost
   * connection, because the next broker may know other nodes.
   */
  readonly lookedUpNodes: Set<string> = new Set();
  readonly #listeners = new Set<ConnectionEvents>();
  readonly #replies: Requests;
  readonly #outgoing: (() => void)[] = [];
  readonly #afterthoughts: (() => void)[] = [];
  /** The time of the last reconnection, by `performance.now()`. */
  #backAt = -Infinity;

  constructor(nc: NatsConnection, namespace: string, replies?: Requests) {
    this.nc = nc;
    this.namespace = namespace;
    this.names = streamNames(namespace);
    this.#replies = replies ?? new Replies(nc, (act) => this.write(act));
    guardSocket(nc);
    bearOddHeaders();
    void this.#follow();
  }

  /** The largest payload that the broker accepts, in bytes. */
  get maxPayload(): number {
    return this.nc.info?.max_payload ?? 1024 * 1024;
  }

  /** Reports each loss of the connection and each reconnection, until the returned function is called. */
  onConnection(events: ConnectionEvents): () => void {
    this.#listeners.add(events);
    return () => this.#listeners.delete(events);
  }

  /**
   * Sends a request. Rejects with silence (see `isSilence`) if no answer comes. Rejects at once if the connection is
   * lost.
   */
  request(
    subject: string,
    payload: Uint8Array | string,
    { timeout = 5000, headers }: RequestOptions = {},
  ): Promise<Msg> {
    return this.#replies.ask(subject, payload, { timeoutMs: timeout, headers });
  }

  /**
   * Runs `act` at the end of this turn of the event loop, together with the other writes of the turn, in the order of
   * the calls. They reach the socket as one write, because writes to the socket are half of the cost of a message.
   */
  write(act: () => void): void {
    if (this.#outgoing.push(act) === 1) process.nextTick(() => this.#writeAll());
  }

  /** Runs `act` together with the next `write`, but at the latest after 2 ms. */
  soon(act: () => void): void {
    if (this.#afterthoughts.push(act) === 1) setTimeout(() => this.#writeAll(), afterthoughtMs);
  }

  /** Resolves when the broker has received everything that was written. */
  async flush(): Promise<void> {
    this.#writeAll();
    await this.nc.flush();
  }

  /** Repeats a request until an answer comes. Ends early only if `signal` is aborted or the connection is closed. */
  async untilAnswered<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let tries = 0; ; tries++) {
      signal?.throwIfAborted();
      try {
        return await ask();
      } catch (error) {
        if (this.nc.isClosed() || !isSilence(error)) throw error;
      }
      await this.backOff(tries, signal);
    }
  }

  /**
   * Waits before the next try: first 50 ms, then twice as long each time, up to 2 s. A wait is at most as long as the
   * connection has been back after its last loss (but at least 50 ms). Each wait is changed by a random part, so that
   * the nodes of a fleet do not all return at once. The wait ends early when a lost connection is back.
   */
  async backOff(tries: number, signal?: AbortSignal): Promise<void> {
    const sinceBack = Math.max(50, performance.now() - this.#backAt);
    const ms = Math.min(2000, 50 * 2 ** Math.min(tries, 6), sinceBack) * (0.5 + Math.random());
    const back = new AbortController();
    const forget = this.onConnection({ back: () => back.abort() });
    const enough = signal === undefined ? back.signal : AbortSignal.any([back.signal, signal]);
    try {
      await delay(ms, undefined, { signal: enough });
    } catch {
      signal?.throwIfAborted();
    } finally {
      forget();
    }
  }

  async close(): Promise<void> {
    this.#writeAll();
    if (!this.nc.isClosed()) await this.nc.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #writeAll(): void {
    // An afterthought may itself add to the outgoing writes.
    for (const act of this.#afterthoughts.splice(0)) if (!this.nc.isClosed()) act();
    for (const act of this.#outgoing.splice(0)) act();
  }

  async #follow(): Promise<void> {
    for await (const status of this.nc.status()) {
      const { type } = status;
      if (type === "error" && status.error instanceof errors.PermissionViolationError) {
        this.#replies.denied(status.error);
      }
      if (type === "disconnect" || type === "reconnect") {
        // Requests on the lost connection get no answer. Requests that were made without a connection may be dropped at
        // the next try to connect. A repeated request goes out on the new connection.
        this.#replies.rejectAll(new SilenceError("the connection to the broker was lost"));
      }
      if (type === "disconnect") for (const { lost } of this.#listeners) callLoudly(lost);
      if (type === "reconnect") {
        this.#backAt = performance.now();
        guardSocket(this.nc);
        this.lookedUpNodes.clear();
        for (const { back } of this.#listeners) callLoudly(back);
      }
    }
  }
}

/**
 * Calls a listener. An error of the listener must not end the caller and must not be hidden, so the error becomes an
 * uncaught exception.
 */
function callLoudly(listener: (() => void) | undefined): void {
  try {
    listener?.();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** The error for a request that cannot be answered now; see `isSilence`. */
export class SilenceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SilenceError";
  }
}

/** True if a request failed because no answer is possible now: the broker is away, or has no leader at the moment. */
export function isSilence(error: unknown): boolean {
  return error instanceof errors.TimeoutError || error instanceof errors.RequestError || error instanceof SilenceError;
}
