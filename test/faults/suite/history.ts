import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "nats";
import type { Ack, State } from "../../../src/protocol/ack.ts";
import type { Message } from "../../../src/protocol/message.ts";
import { typeAndSubject, type Address } from "../../../src/protocol/subjects.ts";
import { latestAcks, readAcks } from "../../support/broker-state.ts";
import { until } from "../../support/until.ts";

/** A message that a sender sent. The messages of one sender stand in the order in which they were sent. */
export interface Sent {
  readonly sender: string;
  /** By address and delivery: what the checker goes by. */
  readonly message: Pick<Message, keyof Address | "delivery">;
  /** What the sender was told; after `unknown` it may be in the queue or not. */
  readonly outcome: "stored" | "unknown";
  /** Of a message for whose end the sender waited: its last ACK as it was told to the sender. */
  readonly reported?: State | undefined;
  /** Milliseconds since 1970, when the outcome was known. */
  readonly at: number;
}

/** One run, as its side effect shows it; the effects of one lane stand in the order in which they happened. */
export interface Effect {
  readonly node: string;
  readonly lane: string;
  readonly id: string;
  /** The life of the daemon that ran it, where the effect tells. */
  readonly instance?: string | undefined;
}

export interface Strike {
  readonly nemesis: string;
  readonly from: number;
  readonly to: number;
  /** Why the fault could not be made or healed. */
  readonly failure?: string | undefined;
}

/** What happened, as it was seen from outside; the checker needs nothing else. */
export interface History {
  readonly sent: readonly Sent[];
  readonly effects: readonly Effect[];
  readonly strikes: readonly Strike[];
  /** Each kill of a daemon by a nemesis. */
  readonly kills: readonly { readonly node: string; readonly at: number }[];
  /** What the harness itself met and does not understand, such as a daemon that ended by itself. */
  readonly surprises: readonly string[];
  /** The log of ACKS in its order. */
  readonly acks: readonly Pick<Ack, keyof Address | "state" | "attempt" | "instance">[];
  /** The subjects of the messages that are in the queue at the end. */
  readonly queued: readonly string[];
  /** The last ACK of each key in the log, and what the state bucket holds there. */
  readonly latest: ReadonlyMap<string, string>;
  readonly state: ReadonlyMap<string, string>;
  /** How long it took until both were the same, once the queue was empty. */
  readonly stateLagMs: number;
}

/** What is written down while it happens. */
export interface Recorded {
  readonly sent: Sent[];
  readonly strikes: Strike[];
  readonly kills: { node: string; at: number }[];
  readonly surprises: string[];
}

/** The file to which commands append a line for each run, and the nodes' log files, which show the runs of events. */
export interface EffectFiles {
  readonly commands: string;
  readonly nodes: readonly { readonly name: string; readonly dataDir: string }[];
}

/** The sender's name that all messages bear: so the events of a node end in one log file, in their order. */
export const from = "faults";

/** How long the broker may take to derive the state from the last ACK, in milliseconds. */
const stateLimit = 60_000;

/** Adds to what was written down what stands in the broker and in the files at the end. */
export async function closeHistory(recorded: Recorded, nc: NatsConnection, files: EffectFiles): Promise<History> {
  const manager = await jetstreamManager(nc, { checkAPI: false });
  const { state: queue } = await manager.streams.info("STEWARD_MESSAGES", { subjects_filter: ">" });
  const latest = await latestAcks(nc);
  const asked = Date.now();
  // The broker derives the state a little later; what it never does the checker finds.
  await until(async () => isDeepStrictEqual(await stateOf(manager), latest), stateLimit).catch(() => {});
  return {
    ...recorded,
    acks: await readAcks(nc),
    queued: Object.keys(queue.subjects ?? {}),
    latest,
    state: await stateOf(manager),
    stateLagMs: Date.now() - asked,
    effects: await readEffects(files),
  };
}

/** What tells one message from another: one id may go to many nodes. */
export function keyOf(address: Address): string {
  return `${laneKeyOf(address)}.${address.id}`;
}

/** The lane of a node, which is its key in the state bucket too. */
export function laneKeyOf(address: Omit<Address, "id">): string {
  return `${address.node}.${typeAndSubject(address)}`;
}

/** The state bucket's entries of lanes, from its leader. It holds other things of the nodes too. */
async function stateOf(manager: JetStreamManager): Promise<Map<string, string>> {
  const [stream, bucket] = ["KV_STEWARD_NODES", "$KV.STEWARD_NODES."];
  const { state } = await manager.streams.info(stream, { subjects_filter: `${bucket}>` });
  const keys = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(bucket.length));
  const entries = keys
    .filter((key) => /^[^.]+\.(command|event)\.[^.]+$/.test(key))
    .map(async (key): Promise<[string, string]> => {
      const last = await manager.streams.getMessage(stream, { last_by_subj: `${bucket}${key}` });
      return [key, last?.string() ?? ""];
    });
  return new Map(await Promise.all(entries));
}

async function readEffects({ commands, nodes }: EffectFiles): Promise<Effect[]> {
  const effects = (await linesOf(commands)).map((line): Effect => {
    const [node = "", lane = "", id = "", instance] = line.split(" ");
    return { node, lane, id, instance };
  });
  for (const { name, dataDir } of nodes) {
    const ids = await linesOf(join(dataDir, "log", `${from}.log`));
    effects.push(...ids.map((id) => ({ node: name, lane: "event.log", id })));
  }
  return effects;
}

async function linesOf(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}
