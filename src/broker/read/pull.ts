import { createInbox, type Msg, type Subscription } from "nats";
import type { Broker } from "../connection/broker.ts";
import { statusCodes } from "../connection/server-codes.ts";
import { deliveryPlace } from "./delivery-place.ts";
import { listenForSigns, type Sign } from "./idle-signs.ts";

/** A message that the durable consumer delivered. */
export interface Delivery {
  /** The message's sequence in the stream. The sequence identifies the message. */
  readonly sequence: number;
  readonly subject: string;
  /** The time when the broker stored the message, in milliseconds since 1970 by the broker's clock. */
  readonly storedAt: number;
  readonly data: Uint8Array;
  readonly headers: Msg["headers"];
}

/** Why a `Pull` ended: a delivery was lost (`gap`), or the consumer no longer exists. */
export type PullEnd = "gap" | "consumerGone";

export interface PullEvents {
  readonly deliver: (delivery: Delivery) => void;
  /**
   * While this function returns true, no more messages are requested. The function is called again after some seconds.
   */
  readonly isFull: () => boolean;
  /**
   * Called when the broker refuses a request, for example because it exceeds the consumer's limits. The request is
   * repeated after 4 s.
   */
  readonly refused: (reason: string) => void;
  /** Called once. After this call, nothing is delivered. */
  readonly ended: (why: PullEnd, detail: string) => void;
}

const batch = 1000;
/**
 * The maximum number of bytes that one request asks for. Other answers on the connection wait behind these bytes. On a
 * link of 16 kB/s, 512 KiB take half a minute.
 */
const maxBytes = 512 * 1024;

/**
 * The times of a request, in milliseconds. The request stays open for `expiresMs`. The broker sends a heartbeat every
 * `heartbeatMs` meanwhile. After a silence of `silenceMs`, the request counts as lost.
 */
interface Patience {
  readonly expiresMs: number;
  readonly heartbeatMs?: number;
  readonly silenceMs: number;
}

/**
 * Used at the start, after a request that was dropped or lost, and while many messages come. The request is short,
 * because the heartbeats of 10,000 nodes are 5,000 a second. So a fleet that has just connected is soon idle.
 */
const busy: Patience = { expiresMs: 5000, heartbeatMs: 2000, silenceMs: 4250 };
/**
 * Used after a request that brought nothing. The broker sends no heartbeats: for thousands of idle nodes, heartbeats
 * would be almost its whole work. A lost request or delivery is found by signs instead; see `listenForSigns`.
 */
const idle: Patience = { expiresMs: 120_000, silenceMs: 125_000 };

/**
 * Pulls messages from a node's consumer, and delivers them in the order in which the consumer sent them. It ends at the
 * first lost delivery; the daemon then resets the consumer and starts another `Pull`. The time of one `Pull` is called
 * an epoch. A request has a limit in bytes, because the broker closes the connection of a reader that has too many
 * unread bytes. The next request is made when half of the messages or bytes of a request are left, so that the broker
 * need not wait for it. The broker may drop a request, for example when it restarts. A dropped request is repeated after
 * two missed heartbeats. An idle node's request has no heartbeats, and is repeated after a sign that it may be lost.
 */
export class Pull {
  readonly #broker: Broker;
  readonly #node: string;
  readonly #events: PullEvents;
  readonly #subscription: Subscription;
  readonly #inbox: string = createInbox();
  #request = 0;
  #lastDelivery = 0;
  #lastSequence = 0;
  #behind = false;
  #patience = busy;
  /** True if nothing has come for the latest request yet. */
  #quiet = true;
  /** The approximate number of messages and bytes that may still come for the open requests. */
  #left = { messages: 0, bytes: 0 };
  #silence: NodeJS.Timeout | undefined;
  /**
   * Ends the listening for signs. A busy node listens too: for each subscription that ends, the server looks through the
   * open requests of all nodes.
   */
  readonly #deafen: () => void;

  constructor(broker: Broker, node: string, events: PullEvents) {
    this.#broker = broker;
    this.#node = node;
    this.#events = events;
    const callback = (_error: Error | null, msg: Msg): void => this.#receive(msg);
    this.#subscription = broker.nc.subscribe(`${this.#inbox}.*`, { callback });
    this.#deafen = listenForSigns(broker, node, {
      isDelivered: (sequence) => sequence <= this.#lastSequence,
      onSign: (sign) => this.#onSign(sign),
    });
    this.#askAnew();
  }

  stop(): void {
    clearTimeout(this.#silence);
    this.#subscription.unsubscribe();
    this.#deafen();
  }

  /**
   * Repeats the request of an idle node. Call this when the broker has no open request. A request with heartbeats is
   * repeated without this call.
   */
  askIfIdle(): void {
    if (this.#patience === idle) this.#askAnew();
  }

  /** Forgets the earlier requests, because they are closed or lost. Makes a new request. */
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
      // A status of an earlier request, except a heartbeat, says nothing about the present request.
      if (msg.subject === `${this.#inbox}.${this.#request}`) this.#status(msg);
      return;
    }
    this.#heard();
    if (place.delivery !== this.#lastDelivery + 1) {
      return this.#end("gap", `delivery ${place.delivery} came after ${this.#lastDelivery}`);
    }
    this.#lastDelivery = place.delivery;
    this.#lastSequence = place.sequence;
    this.#behind = false;
    this.#quiet = false;
    this.#left.messages -= 1;
    this.#left.bytes -= msg.data.length + msg.subject.length;
    const isLow = this.#left.messages < batch / 2 || this.#left.bytes < maxBytes / 2;
    if (isLow) this.#ask(maxBytes, busy);
    const { sequence, storedAt } = place;
    this.#events.deliver({
      sequence,
      subject: msg.subject,
      storedAt,
      data: msg.data,
      headers: msg.headers,
    });
  }

  /**
   * A busy node needs no sign, because it has heartbeats. After a stored message, an idle node asks with heartbeats,
   * because they also show a lost delivery. If no server has the consumer, the broker refuses every request, and the
   * pull ends.
   */
  #onSign(sign: Sign): void {
    if (this.#patience === idle) this.#askAnew(maxBytes, sign === "stored" ? busy : idle);
  }

  #waitForRoom(): void {
    this.#patience = busy;
    this.#heard();
  }

  /**
   * Handles a heartbeat of any open request. On a link with long delays, the heartbeat seldom belongs to the latest
   * request.
   */
  #heartbeat(msg: Msg): void {
    const last = Number(msg.headers?.get("Nats-Last-Consumer"));
    const behind = last > this.#lastDelivery;
    // Two heartbeats must report the missing delivery, so that a delivery on its way does not count as lost.
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
      // The request is not repeated at once, because the broker would refuse the repeat just as fast.
      this.#patience = busy;
      this.#heard();
      return this.#events.refused(description);
    }
    // A message larger than the limit would never come. So the next request has a limit that is large enough for any
    // message.
    const stuck = /exceeds maxbytes/i.test(description) && Number(msg.headers?.get("Nats-Pending-Messages")) === batch;
    const isIdle = code === statusCodes.requestExpired && (this.#quiet || this.#patience === idle);
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
