import type { Subscription } from "nats";
import { parseAck, type Ack } from "../../protocol/ack.ts";
import { ackedFilter, ackSubject, type Address } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { firstFrom, lastOnSubject } from "./direct-get.ts";
import { lastOnLeader } from "./leader-get.ts";

/**
 * Calls back with each ACK of a message id after the broker has stored the ACK. Ends when the returned function is
 * called.
 */
export function onAcked(broker: Broker, id: string, callback: (ack: Ack) => void): () => void {
  let isOver = false;
  let subscription: Subscription | undefined;
  broker.write(() => {
    if (isOver || broker.nc.isClosed()) return;
    subscription = broker.nc.subscribe(ackedFilter(broker.namespace, { id }), {
      callback: (error, msg) => {
        const ack = error !== null || isOver ? undefined : parseAck(msg.data);
        if (ack !== undefined) callback(ack);
      },
    });
  });
  return () => {
    isOver = true;
    broker.soon(() => subscription?.unsubscribe());
  };
}

/**
 * The last ACK of a message on one replica. Undefined if the replica has no ACK of the message, or if no answer comes.
 */
export async function lastAck(broker: Broker, address: Address): Promise<Ack | undefined> {
  const { names, namespace } = broker;
  const found = await lastOnSubject(broker, names.acks, ackSubject(namespace, address)).catch(() => undefined);
  return found && parseAck(found.data);
}

/**
 * The last ACK of a message, from the leader of the log. Undefined proves that the message had no ACK at that time.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function lastAckOnLeader(
  broker: Broker,
  address: Address,
): Promise<{ readonly ack: Ack; readonly storedAt: number } | undefined> {
  const { names, namespace } = broker;
  const found = await lastOnLeader(broker, names.acks, ackSubject(namespace, address));
  const ack = found && parseAck(found.data);
  return ack && { ack, storedAt: found.storedAt };
}

/** All ACKs of a message on one replica, in their order. Rejects if no answer comes. */
export async function allAcks(broker: Broker, address: Address): Promise<Ack[]> {
  const { names, namespace } = broker;
  const subject = ackSubject(namespace, address);
  const acks: Ack[] = [];
  for (let sequence = 1; ;) {
    const found = await firstFrom(broker, names.acks, { sequence, subject });
    if (found === undefined) return acks;
    const ack = parseAck(found.data);
    if (ack !== undefined) acks.push(ack);
    sequence = found.sequence + 1;
  }
}
