import type { Msg, Subscription } from "nats";
import { hintSubject } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";

/** A sign that an idle node's request for messages may be lost: a message was stored, or a stream has a new leader. */
export type Sign = "stored" | "elected";

/**
 * The time between a sign and the call, in milliseconds. After a stored message there is time for its delivery. A busy
 * broker delivers late: in a command to thousands of nodes, a shorter time would make each of them ask again. After the election of a leader, all nodes of the fleet call, so the time is random.
 */
const waits: Record<Sign, () => number> = {
  stored: () => 5000 + 1000 * Math.random(),
  elected: () => 3000 * Math.random(),
};

/** What a sign means depends on the deliveries. */
export interface Listener {
  /** True if a message of this sequence, or a later one, was delivered. */
  readonly isDelivered: (sequence: number) => boolean;
  /** Called some time after a sign, unless the stored message was delivered meanwhile. */
  readonly onSign: (sign: Sign) => void;
}

/**
 * Listens for signs, until the returned function is called. The broker sends a hint for each message that it stores for
 * the node. When a server of a cluster fails, the streams that it led get new leaders. An idle node that hears no sign
 * sends no request. Several signs of one kind within the wait cause only one call of `onSign`.
 */
export function listenForSigns(broker: Broker, node: string, { isDelivered, onSign }: Listener): () => void {
  const timers = new Map<Sign, NodeJS.Timeout>();
  const wait = (sign: Sign, then: () => void): void => {
    const act = (): void => {
      timers.delete(sign);
      then();
    };
    timers.set(sign, setTimeout(act, waits[sign]()));
  };
  let newest = 0;
  const awaitDelivery = (sequence: number): void => {
    wait("stored", () => {
      if (!isDelivered(sequence)) onSign("stored");
      else if (!isDelivered(newest)) awaitDelivery(newest);
    });
  };
  const listen = (subject: string, hear: (msg: Msg) => void): Subscription => {
    // An error means that the credentials do not permit the subscription.
    return broker.nc.subscribe(subject, { callback: (error, msg) => (error === null ? hear(msg) : undefined) });
  };
  const subscriptions = [
    listen(hintSubject(broker.namespace, node), ({ headers }) => {
      newest = Number(headers?.get("Nats-Sequence") ?? Infinity);
      if (!timers.has("stored")) awaitDelivery(newest);
    }),
    listen("$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.*", () => {
      if (!timers.has("elected")) wait("elected", () => onSign("elected"));
    }),
  ];
  return () => {
    for (const subscription of subscriptions) subscription.unsubscribe();
    for (const timer of timers.values()) clearTimeout(timer);
  };
}
