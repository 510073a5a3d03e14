import { setMaxListeners } from "node:events";
import type { Broker } from "../broker/connection/broker.ts";
import { StewardError } from "../protocol/errors.ts";
import { onAbort } from "../util/on-abort.ts";
import { brokerTrouble } from "./broker-trouble.ts";
import type { Signal, Until } from "./options.ts";

/** A function that ends a wait with a reason. */
type End = (reason: unknown) => void;

/** The shared part of a client: the connection, and a way to end all waits on the connection. */
export class Session {
  readonly broker: Broker;
  /** The default name of the sender. A message or a call may set another name. */
  readonly from: string;
  readonly #open = new Set<End>();
  #closing: Promise<void> | undefined;

  constructor(broker: Broker, from: string) {
    this.broker = broker;
    this.from = from;
  }

  /**
   * Runs `action` until it is done, `signal` aborts or the client is closed. If `signal` aborts or the client is
   * closed, `run` rejects at once and aborts the signal of `action`. `enough` only aborts the signal of `action`.
   * `action` then ends with the result that it has.
   * @throws StewardError closed; the reason of `signal`; the errors of `action`
   */
  async run<T>(
    { signal, enough }: Signal & Pick<Until, "enough">,
    action: (ended: AbortSignal) => Promise<T>,
  ): Promise<T> {
    this.assertOpen();
    signal?.throwIfAborted();
    const own = new AbortController();
    let end: End = () => {};
    const ended = new Promise<never>((_resolve, reject) => (end = reject));
    const forget = this.#onEnd(signal, (reason) => {
      end(reason);
      own.abort();
    });
    const forgetEnough = onAbort(enough, () => own.abort());
    try {
      return await Promise.race([ended, action(own.signal)]);
    } catch (error) {
      throw brokerTrouble(error);
    } finally {
      forget();
      forgetEnough();
    }
  }

  /**
   * Like `run`, for a sequence of items. When the loop over the items ends, also by `break`, the signal of `begin`
   * aborts.
   */
  async *read<T>(
    { signal }: Signal,
    begin: (ended: AbortSignal) => AsyncIterable<T>,
  ): AsyncGenerator<T, void, undefined> {
    this.assertOpen();
    signal?.throwIfAborted();
    const own = new AbortController();
    const over: { has: boolean; reason?: unknown } = { has: false };
    let end: End = () => {};
    const forget = this.#onEnd(signal, (reason) => {
      Object.assign(over, { has: true, reason });
      end(reason);
      own.abort();
    });
    const items = begin(own.signal)[Symbol.asyncIterator]();
    let isWaiting = false;
    try {
      while (!over.has) {
        isWaiting = true;
        // `Promise.race` is not used here, because each race would leave a handler at the long-lived promise.
        const item = await new Promise<IteratorResult<T>>((resolve, reject) => {
          end = reject;
          items.next().then(resolve, reject);
        });
        isWaiting = false;
        if (item.done === true) return;
        yield item.value;
      }
      throw over.reason;
    } catch (error) {
      throw brokerTrouble(error);
    } finally {
      forget();
      own.abort();
      const returned = items.return?.().catch(() => undefined);
      // If the source waits for an item that never comes, `return` never resolves. So it is awaited only if the source
      // does not wait.
      if (!isWaiting) await returned;
    }
  }

  /** Ends all waits, and then ends the connection. `close` may be called more than once. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** @throws StewardError closed */
  assertOpen(): void {
    if (this.#closing !== undefined) throw closed();
  }

  async #close(): Promise<void> {
    for (const end of this.#open) end(closed());
    await this.broker.close();
  }

  #onEnd(signal: AbortSignal | undefined, end: End): () => void {
    this.#open.add(end);
    // A program may use one signal for many waits. Without this line, Node.js would warn of too many listeners.
    if (signal !== undefined) setMaxListeners(0, signal);
    const forget = onAbort(signal, () => end(signal?.reason));
    return () => {
      this.#open.delete(end);
      forget();
    };
  }
}

function closed(): StewardError {
  return new StewardError("closed", "the client is closed; messages that were sent stay sent");
}
