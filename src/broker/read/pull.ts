import { createInbox, type Msg, type Subscription } from "nats";
import type { Broker } from "../connection/broker.ts";
import { statusCodes } from "../connection/server-codes.ts";
import { deliveryPlace } from "./delivery-place.ts";

/** A message as the durable consumer delivered it. */
export interface Delivery {
  /** Its sequence in the stream, which identifies the message. */
  readonly sequence: number;
  readonly subject: string;
  /** The subject for its acknowledgement. A later delivery of the same message has another one. */
  readonly ackSubject: string;
  /** When the broker stored it, in milliseconds since 1970 by the broker's clock. */
  readonly storedAt: number;
  readonly data: Uint8Array;
  readonly headers: Msg["headers"];
}

/** Why an epoch of deliveries ended: a delivery was lost, or the consumer no longer exists. */
export type PullEnd = "gap" | "consumerGone";

export interface PullEvents {
  readonly deliver: (delivery: Delivery) => void;
  /** While it is true, nothing more is asked for; it is looked at again after some seconds. */
  readonly isFull: () => boolean;
  /** A request exceeds the consumer's limits. It is repeated after 4 s. */
  readonly refused: (reason: string) => void;
  /** Called once, after which nothing is delivered. */
  readonly ended: (why: PullEnd, detail: string) => void;
}

const batch = 1000;
/**
 * Limits the bytes of a pull, since other answers wait behind them: on a link of 16 kB/s, this number takes half a
 * minute.
 */
const maxBytes = 512 * 1024;

/**
 * How long a request stays open, how often the broker sends a heartbeat meanwhile, and after which silence the request
 * counts as lost.
 */
interface Patience {
  readonly expiresMs: number;
  readonly heartbeatMs?: number;
  readonly silenceMs: number;
}

const busy: Patience = { expiresMs: 60_000, heartbeatMs: 2000, silenceMs: 4250 };
/**
 * Used when nothing came during a whole request: thousands of idle nodes cost the broker little but their heartbeats.
 * Without them a request or a delivery may be lost between servers unnoticed; the watchdog finds that within a minute.
 */
const idle: Patience = { expiresMs: 120_000, silenceMs: 125_000 };

/**
 * One epoch of deliveries: pulls from a node's consumer and passes the messages on in the order in which the consumer
 * sent them. Requests are limited by bytes, so that the broker never cuts off a slow reader. The next one is made when
 * half of the bytes of one are left, so that the broker need not wait for it. A request that the broker dropped (a
 * leader change, a restart) is repeated at the advisory or after two missed heartbeats; that of an idle node, which has
 * no heartbeats, by `askIfIdle`.
 */
export class Pull {
  readonly #broker: Broker;
  readonly #node: string;
  readonly #events: PullEvents;
  readonly #subscriptions: readonly Subscription[];
  readonly #inbox: string = createInbox();
  #request = 0;
  #lastDelivery = 0;
  #behind = false;
  #patience = busy;
  /** Nothing has come for the latest request so far. */
  #quiet = true;
  /** The messages and bytes that may still come for the open requests, approximately. */
  #left = { messages: 0, bytes: 0 };
  #silence: NodeJS.Timeout | undefined;

  constructor(broker: Broker, node: string, events: PullEvents) {
    this.#broker = broker;
    this.#node = node;
    this.#events = events;
    const { nc, names } = broker;
    const elected = `$JS.EVENT.ADVISORY.CONSUMER.LEADER_ELECTED.${names.messages}.${node}`;
    this.#subscriptions = [
      nc.subscribe(`${this.#inbox}.*`, { callback: (_error, msg) => this.#receive(msg) }),
      nc.subscribe(elected, { callback: () => this.#askAnew() }),
    ];
    this.#askAnew();
  }

  stop(): void {
    clearTimeout(this.#silence);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  /** Repeats an idle request: the broker has no open request. Requests with heartbeats notice that themselves. */
  askIfIdle(): void {
    if (this.#patience === idle) this.#askAnew();
  }

  /** Forgets the earlier requests, which are closed or lost, and asks again. */
  #askAnew(limit: number = maxBytes, patience: Patience = busy): void {
    this.#left = { messages: 0, bytes: 0 };
    this.#ask(limit, patience);
  }

  #ask(limit: number, patience: Patience): void {
    const { names, nc } = this.#broker;
    if (this.#events.isFull()) return this.#waitForRoom();
    const { expiresMs, heartbeatMs = 0 } = patience;
    this.#patience = patience;
    this.#quiet = true;
    this.#left = { messages: this.#left.messages + batch, bytes: this.#left.bytes + limit };
    const request = { batch, max_bytes: limit, expires: expiresMs * 1e6, idle_heartbeat: heartbeatMs * 1e6 };
    const reply = `${this.#inbox}.${++this.#request}`;
    nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${names.messages}.${this.#node}`, JSON.stringify(request), { reply });
    this.#heard();
  }

  #receive(msg: Msg): void {
    const place = deliveryPlace(msg.reply);
    if (place === undefined) {
      if (msg.headers?.code === statusCodes.heartbeat) return this.#heartbeat(msg);
      // Any other status of an earlier request says nothing about the present one.
      if (msg.subject === `${this.#inbox}.${this.#request}`) this.#status(msg);
      return;
    }
    this.#heard();
    if (place.delivery !== this.#lastDelivery + 1) {
      return this.#end("gap", `delivery ${place.delivery} came after ${this.#lastDelivery}`);
    }
    this.#lastDelivery = place.delivery;
    this.#behind = false;
    this.#quiet = false;
    this.#left.messages -= 1;
    this.#left.bytes -= msg.data.length + msg.subject.length;
    // Also when the first message reaches an idle node: more may follow, and a loss among them must be found soon.
    const isLow = this.#left.messages < batch / 2 || this.#left.bytes < maxBytes / 2;
    if (isLow || this.#patience === idle) this.#ask(maxBytes, busy);
    const { sequence, storedAt, ackSubject } = place;
    this.#events.deliver({
      sequence,
      subject: msg.subject,
      ackSubject,
      storedAt,
      data: msg.data,
      headers: msg.headers,
    });
  }

  #waitForRoom(): void {
    this.#patience = busy;
    this.#heard();
  }

  /** The heartbeat of any open request; on a link with long delays it is seldom the latest. */
  #heartbeat(msg: Msg): void {
    const last = Number(msg.headers?.get("Nats-Last-Consumer"));
    const behind = last > this.#lastDelivery;
    // Reported twice, so that a delivery on its way does not count as lost.
    if (behind && this.#behind) return this.#end("gap", `delivery ${last} is missing after ${this.#lastDelivery}`);
    this.#behind = behind;
    this.#heard();
  }

  #status(msg: Msg): void {
    const code = msg.headers?.code ?? 0;
    const description = msg.headers?.description ?? "";
    if (code === statusCodes.nobodyListens || /consumer deleted/i.test(description))
      return this.#end("consumerGone", description);
    if (/^(exceeded|bad request|consumer is push)/i.test(description)) {
      // If it were repeated at once, it would be refused just as fast.
      this.#patience = busy;
      this.#heard();
      return this.#events.refused(description);
    }
    // A message larger than the limit would never come: the next request is for the next message, however large.
    const stuck = /exceeds maxbytes/i.test(description) && Number(msg.headers?.get("Nats-Pending-Messages")) === batch;
    const isIdle = code === statusCodes.requestExpired && this.#quiet;
    this.#askAnew(stuck ? this.#broker.maxPayload + maxBytes : maxBytes, isIdle ? idle : busy);
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#askAnew(), this.#patience.silenceMs);
  }

  #end(why: PullEnd, detail: string): void {
    this.stop();
    this.#events.ended(why, detail);
  }
}
