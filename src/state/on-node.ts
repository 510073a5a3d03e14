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
/** How long daemons are asked, all of them together, in milliseconds; and of how many messages at most. */
const patience = 2000;
const mostAsked = 1000;
/** Beyond so many nodes all presences are read. */
const fewNodes = 20;

/** The keys of those messages without an ACK that their daemons run right now. Who does not answer is not waited for. */
export async function runningNow(broker: Broker, addresses: readonly Address[]): Promise<Set<string>> {
  const deadline = performance.now() + patience;
  const running = new Set<string>();
  await inParallel(addresses.slice(0, mostAsked), requestsAtOnce, async (address) => {
    const left = deadline - performance.now();
    if (left > 0 && (await runs(broker, address, left).catch(() => false))) running.add(keyOf(address));
  });
  return running;
}

/** Asks for none of what it printed: a run that its daemon knows, and that has not ended, goes on. */
async function runs(broker: Broker, { node, messageType, subject, id }: Address, ms: number): Promise<boolean> {
  const request: OutputRequest = { messageType, subject, id, attempt: 1, stream: "stdout", offset: 0, limit: 0 };
  const answer = await askNode(broker, node, "output", ms, request);
  if (answer.kind !== "answered") return false;
  const read = v.safeParse(outputAnswerSchema, answer.body);
  return read.success && !read.output.ended;
}

/**
 * The keys of those messages in the queue that no daemon can have: none is there, and their consumer never handed them
 * out, or the last daemon ended in order. One that is gone without a word may only be out of sight, and run them yet.
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

/** What the presence bucket says of nodes: a daemon is there, or has said that it ends; or nothing. */
async function presencesOf(broker: Broker, nodes: readonly string[]): Promise<Map<string, "there" | "ended">> {
  const found = new Map<string, "there" | "ended">();
  const keys = nodes.length > fewNodes ? [">"] : nodes;
  for await (const { key, gone } of bucketEntries(broker, broker.names.presenceBucket, keys, { headersOnly: true })) {
    if (gone !== "expired") found.set(key, gone === undefined ? "there" : "ended");
  }
  return found;
}

/** Up to where the queue was ever handed out to a node; to none where nobody has a consumer. */
async function handedOutTo(broker: Broker, node: string): Promise<number> {
  const { error, delivered } = await consumerInfo(broker, node);
  if (error !== undefined) return error.err_code === serverCodes.consumerNotFound ? 0 : Infinity;
  return delivered?.stream_seq ?? Infinity;
}
