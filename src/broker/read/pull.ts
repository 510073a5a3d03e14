import { createInbox, type Msg, type Subscription } from "nats";
import type { Broker } from "../connection/broker.ts";
import { statusCodes } from "../connection/server-codes.ts";
import { deliveryPlace } from "./delivery-place.ts";

/** A message as the durable consumer delivered it. */
export interface Delivery {
  /** Its sequence in the stream: what a held message is known by. */
  readonly sequence: number;
  readonly subject: string;
  /** Where its acknowledgement goes. A later delivery of the same message brings another. */
  readonly ackSubject: string;
  /** When the broker stored it, in milliseconds since 1970 by the broker's clock. */
  readonly storedAt: number;
  readonly data: Uint8Array;
  readonly headers: Msg["headers"];
}

/** Why an epoch of deliveries ended: one went missing, or the consumer is not there any more. */
export type PullEnd = "gap" | "consumerGone";

export interface PullEvents {
  readonly deliver: (delivery: Delivery) => void;
  /** While it is true, nothing more is asked for; it is looked at again after some seconds. */
  readonly isFull: () => boolean;
  /** The consumer has limits that a request goes beyond. It is made again after 4 s. */
  readonly refused: (reason: string) => void;
  /** Called once, after which nothing is delivered. */
  readonly ended: (why: PullEnd, detail: string) => void;
}

const batch = 1000;
/** What a pull has on its way holds up everything behind it: on a link of 16 kB/s, so much takes half a minute. */
const maxBytes = 512 * 1024;

/** How long a request stays open, how often the broker says meanwhile that it is, and which silence says that it is not. */
interface Patience {
  readonly expiresMs: number;
  readonly heartbeatMs?: number;
  readonly silenceMs: number;
}

const busy: Patience = { expiresMs: 60_000, heartbeatMs: 2000, silenceMs: 4250 };
/**
 * Where nothing came for the whole of a request: thousands of idle nodes cost the broker little but their heartbeats. What
 * those would find, a request or a delivery that was lost between servers, the watchdog finds within a minute.
 */
const idle: Patience = { expiresMs: 120_000, silenceMs: 125_000 };

/**
 * One epoch of deliveries: pulls from a node's consumer and hands the messages on in the order in which the consumer
 * sent them. Requests are bounded by bytes, so that the broker never cuts a slow reader; the next one is made when half of
 * one is left, so that the broker need not wait for it. A request that the broker dropped (a leader change, a restart) is
 * made again at the advisory or after two missed heartbeats; that of an idle node, which has none, by `askIfIdle`.
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
  /** The latest request has brought nothing yet. */
  #quiet = true;
  /** What the open requests may still bring, about. */
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

  /** Takes in that the broker knows of no open request. Where heartbeats are due, they tell by themselves. */
  askIfIdle(): void {
    if (this.#patience === idle) this.#askAnew();
  }

  /** None of the requests before is open any more, or known to be. */
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
    // Also when one comes to an idle node: more may follow, and what is lost of them is to be found soon.
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

  /** Of any request that is open; on a link with long delays that is seldom the latest. */
  #heartbeat(msg: Msg): void {
    const last = Number(msg.headers?.get("Nats-Last-Consumer"));
    const behind = last > this.#lastDelivery;
    // Told twice, so that a delivery on its way is not taken for lost.
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
      // Made again at once it would be refused as fast.
      this.#patience = busy;
      this.#heard();
      return this.#events.refused(description);
    }
    // A message larger than the bound would never come: the next request is for whatever is next, however large.
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
