import * as v from "valibot";
import type { Broker } from "../broker/connection/broker.ts";
import { serverCodes } from "../broker/connection/server-codes.ts";
import { askNode } from "../broker/control/ask-node.ts";
import { bucketEntries } from "../broker/read/bucket.ts";
import type { Queued } from "../broker/read/queued.ts";
import { consumerInfo } from "../broker/topology/consumer.ts";
import { outputAnswerSchema, type OutputRequest } from "../protocol/control.ts";
import { keyOf, type Address } from "../protocol/subjects.ts";
import { inParallel } from "../util/in-parallel.ts";

const requestsAtOnce = 100;
/**
 * The longest time for the requests to all daemons together, in milliseconds, and the largest number of messages in
 * these requests.
 */
const patience = 2000;
const mostAsked = 1000;
/** If there are more nodes than this, the presences of all nodes are read. */
const fewNodes = 20;

/**
 * The keys of the messages without an ACK that are running now. If a daemon does not answer in time, its messages are
 * left out.
 */
export async function runningNow(broker: Broker, addresses: readonly Address[]): Promise<Set<string>> {
  const deadline = performance.now() + patience;
  const running = new Set<string>();
  await inParallel(addresses.slice(0, mostAsked), requestsAtOnce, async (address) => {
    const left = deadline - performance.now();
    if (left > 0 && (await runs(broker, address, left).catch(() => false))) running.add(keyOf(address));
  });
  return running;
}

/** True if the daemon has a run of the message and the run has not ended. The request asks for no bytes of output. */
async function runs(broker: Broker, { node, messageType, subject, id }: Address, ms: number): Promise<boolean> {
  const request: OutputRequest = { messageType, subject, id, attempt: 1, stream: "stdout", offset: 0, limit: 0 };
  const answer = await askNode(broker, node, "output", ms, request);
  if (answer.kind !== "answered") return false;
  const read = v.safeParse(outputAnswerSchema, answer.body);
  return read.success && !read.output.ended;
}

/**
 * The keys of the queued messages that certainly no daemon has: the node has no daemon now, and either its last daemon
 * ended in order, or the consumer never delivered the message. In all other cases, a daemon that lost its connection
 * may still run the message.
 */
export async function untaken(
  broker: Broker,
  messages: readonly { readonly address: Address; readonly queued: Queued }[],
): Promise<Set<string>> {
  const nodes = [...new Set(messages.map(({ address }) => address.node))];
  const presences = await presencesOf(broker, nodes);
  const away = nodes.filter((node) => presences.get(node) !== "there");
  const handedOut = new Map<string, number>();
  await inParallel(away, requestsAtOnce, async (node) => {
    handedOut.set(node, presences.get(node) === "ended" ? 0 : await handedOutTo(broker, node));
  });
  const left = messages.filter(({ address, queued }) => (handedOut.get(address.node) ?? Infinity) < queued.sequence);
  return new Set(left.map(({ address }) => keyOf(address)));
}

/**
 * The state of the daemons in the presence bucket. `there`: the node has a daemon. `ended`: the daemon of the node
 * ended in order. A node without a presence, or with an expired one, is not in the result.
 */
async function presencesOf(broker: Broker, nodes: readonly string[]): Promise<Map<string, "there" | "ended">> {
  const found = new Map<string, "there" | "ended">();
  const keys = nodes.length > fewNodes ? [">"] : nodes;
  for await (const { key, gone } of bucketEntries(broker, broker.names.presenceBucket, keys, { headersOnly: true })) {
    if (gone !== "expired") found.set(key, gone === undefined ? "there" : "ended");
  }
  return found;
}

/** The highest sequence in the queue that was delivered to a node. 0 if the node has no consumer. */
async function handedOutTo(broker: Broker, node: string): Promise<number> {
  const { error, delivered } = await consumerInfo(broker, node);
  if (error !== undefined) return error.err_code === serverCodes.consumerNotFound ? 0 : Infinity;
  return delivered?.stream_seq ?? Infinity;
}
