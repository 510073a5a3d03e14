import { openBroker } from "./broker/connection/connect.ts";
import { send, sendAll, run, type RunOptions, type SendOptions } from "./client/deliver.ts";
import { prepare, type Draft, type Prepared, type Sendable } from "./client/draft.ts";
import { brokerTrouble } from "./client/broker-trouble.ts";
import { findBroker, type BrokerOptions } from "./client/find-broker.ts";
import { waitOf, type Signal } from "./client/options.ts";
import type { Result } from "./client/result.ts";
import { attach, type Sent } from "./client/sent.ts";
import { Session } from "./client/session.ts";
import type { Duration } from "./util/duration.ts";

export interface ConnectOptions extends BrokerOptions, Signal {
  /** How long to try to reach the broker; unless given, 5s. */
  readonly wait?: Duration | undefined;
  /** The connection's name, as `nats server report connections` shows it. */
  readonly name?: string | undefined;
}

/** As `connect` of the package, see src/index.ts. */
export async function connect(options: ConnectOptions = {}): Promise<Steward> {
  const { signal, wait = "5s", name = "steward client" } = options;
  signal?.throwIfAborted();
  const waitMs = waitOf(wait);
  try {
    const { settings, from } = await findBroker(options);
    const broker = await openBroker(settings, { name, waitMs, ...(signal && { signal }) });
    return new Client(new Session(broker, from));
  } catch (error) {
    signal?.throwIfAborted();
    throw brokerTrouble(error);
  }
}

/** A fleet, as a program deals with it. */
export interface Steward extends AsyncDisposable {
  /** The sender's name, unless a message or a call has another one. */
  readonly from: string;
  /**
   * Sends a message. Resolves once it is stored for all of its nodes.
   * @throws StewardError notStored; unconfirmed, when it may be stored or not: send it again with `id` of the error
   */
  send(what: Draft | Prepared, options?: SendOptions): Promise<Sent>;
  /** As `send`, for several messages. They are stored in their order, as a whole up to a thousand of them. */
  sendAll(what: readonly Draft[] | Prepared, options?: SendOptions): Promise<readonly Sent[]>;
  /** Sends and waits in one: as `send` and then `done`, with a round trip less. */
  run(what: Sendable, options: RunOptions): Promise<Result>;
  /** Finds out what would be sent, and to which nodes. */
  prepare(what: Sendable, options?: Signal): Promise<Prepared>;
  /** A message that was sent before, perhaps by another program. @throws StewardError notFound */
  attach(id: string, options?: Signal): Promise<Sent>;
  /** Ends all waiting and the connection, as `await using` does. Messages that were sent stay sent. */
  close(): Promise<void>;
}

class Client implements Steward {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  get from(): string {
    return this.#session.from;
  }

  send(what: Draft | Prepared, options?: SendOptions): Promise<Sent> {
    return send(this.#session, what, options);
  }

  sendAll(what: readonly Draft[] | Prepared, options?: SendOptions): Promise<readonly Sent[]> {
    return sendAll(this.#session, what, options);
  }

  run(what: Sendable, options: RunOptions): Promise<Result> {
    return run(this.#session, what, options);
  }

  prepare(what: Sendable, options: Signal = {}): Promise<Prepared> {
    return this.#session.run(options, () => prepare(this.#session, what));
  }

  attach(id: string, options?: Signal): Promise<Sent> {
    return attach(this.#session, id, options);
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
