import { hintSubject } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";

/** A sign that an idle node's request for messages may be lost: a message was stored, or a stream has a new leader. */
export type Sign = "stored" | "elected";

/**
 * The time between a sign and the call, in milliseconds. After a stored message there is time for its delivery, which
 * comes first if nothing is lost. After the election of a leader, all nodes of the fleet call, so the time is random.
 */
const waits: Record<Sign, () => number> = {
  stored: () => 2000 + 500 * Math.random(),
  elected: () => 3000 * Math.random(),
};

/**
 * Listens for signs, until the returned function is called. The broker sends a hint for each message that it stores for
 * the node. When a server of a cluster fails, the streams that it led get new leaders. An idle node that hears no sign
 * sends no request. Several signs of one kind within the wait cause only one call of `onSign`.
 */
export function listenForSigns(broker: Broker, node: string, onSign: (sign: Sign) => void): () => void {
  const timers = new Map<Sign, NodeJS.Timeout>();
  const call = (sign: Sign): void => {
    timers.delete(sign);
    onSign(sign);
  };
  const listen = (sign: Sign, subject: string): (() => void) => {
    const callback = (error: Error | null): void => {
      // An error means that the credentials do not permit the subscription.
      if (error === null && !timers.has(sign)) timers.set(sign, setTimeout(call, waits[sign](), sign));
    };
    const subscription = broker.nc.subscribe(subject, { callback });
    return () => subscription.unsubscribe();
  };
  const stops = [
    listen("stored", hintSubject(broker.namespace, node)),
    listen("elected", "$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.*"),
  ];
  return () => {
    for (const stop of stops) stop();
    for (const timer of timers.values()) clearTimeout(timer);
  };
}
