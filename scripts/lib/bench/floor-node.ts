import { AckPolicy, jetstream, jetstreamManager, type Consumer } from "@nats-io/jetstream";
import { headers, nuid, type NatsConnection } from "nats";

const stream = "STEWARD_MESSAGES";

/** The parts of a message that its ACKs contain. */
export interface Addressed {
  readonly id: string;
  readonly messageType: string;
  readonly subject: string;
}

/** What an ACK says of a message. */
export interface Outcome {
  readonly state: string;
  readonly [key: string]: unknown;
}

/** The answers of thousands of nodes wait for each other at the broker, longer than the client's 5 s. */
const timeout = 60_000;

/** A bare node has the same on the broker as Steward's: a durable consumer, a journal, and the removal of messages. */
export interface FloorNode {
  readonly consumer: Consumer;
  /** Stores an ACK after the one at a sequence, 0 for the first; resolves to its own sequence. */
  readonly journal: (message: Addressed, after: number, what: Outcome) => Promise<number>;
  /** Removes the message at a sequence from the queue. */
  readonly remove: (sequence: number) => Promise<void>;
}

export async function floorNode(nc: NatsConnection, node: string): Promise<FloorNode> {
  const js = jetstream(nc);
  const jsm = await jetstreamManager(nc);
  await jsm.consumers.add(stream, {
    durable_name: node,
    ack_policy: AckPolicy.Explicit,
    filter_subject: `steward.${node}.>`,
    ack_wait: 24 * 3600 * 1e9,
    max_ack_pending: -1,
    num_replicas: 1,
  });
  const instance = nuid.next();
  return {
    consumer: await js.consumers.get(stream, node),
    journal: async ({ id, messageType, subject }, after, what) => {
      const startedAt = new Date().toISOString();
      const ack = { id, node, messageType, subject, attempt: 1, instance, startedAt, ...what };
      const made = headers();
      made.set("Steward-State", what.state);
      made.set("Steward-Final", String(what.state !== "started"));
      const to = `steward.${node}.ack.${messageType}.${subject}.${id}`;
      const expect = { lastSubjectSequence: after };
      const { seq } = await js.publish(to, JSON.stringify(ack), { timeout, headers: made, expect });
      return seq;
    },
    remove: (sequence) => removeBare(nc, sequence),
  };
}

/** Removes the message at a sequence from the queue. */
export async function removeBare(nc: NatsConnection, sequence: number): Promise<void> {
  const request = JSON.stringify({ seq: sequence, no_erase: true });
  const answer = await nc.request(`$JS.API.STREAM.MSG.DELETE.${stream}`, request, { timeout });
  const { error } = answer.json<{ readonly error?: { readonly description: string } }>();
  if (error !== undefined) throw new Error(`${sequence} was not removed: ${error.description}`);
}
