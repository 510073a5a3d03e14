import { setTimeout as delay } from "node:timers/promises";
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { exitCodes } from "../../../src/cli/exit-codes.ts";
import type { Draft } from "../../../src/protocol/draft.ts";
import { StewardError } from "../../../src/protocol/errors.ts";
import type { Outcome } from "../../../src/send/outcome.ts";
import { toMessages } from "../../../src/send/outgoing.ts";
import { send } from "../../../src/send/send.ts";
import { pick, seeded, type Random } from "../../support/random.ts";
import { steward } from "../../support/steward.ts";
import { from, keyOf, type Recorded, type Sent } from "./history.ts";

export interface WorkloadOptions {
  /** The brokers' addresses, which the senders share among them: directly, and over a link. */
  readonly url: string;
  readonly linkedUrl: string;
  readonly seed: number;
  /** Of the nodes. */
  readonly names: readonly string[];
  /** The program that leaves a line for each run. */
  readonly script: string;
  readonly recorded: Pick<Recorded, "sent" | "surprises">;
  /** Resolves when there is room for more in the queue. */
  readonly room: () => Promise<void>;
}

/** Senders that use the library as `steward send` does, each on a connection of its own. */
const librarySenders = 10;
/** Senders that run `steward send`, a process for each sending. */
const programSenders = 2;

/** The mean wait of a sender between two sendings, in milliseconds. */
const [libraryPause, programPause] = [200, 4000];

/** Stores drafts, and says what is known of them then. */
type Store = (drafts: readonly Draft[]) => Promise<Pick<Sent, "outcome"> & { readonly reported?: readonly Outcome[] }>;

/** Lets all senders send until `signal` is aborted. Resolves when each knows, or has given up to learn, what is stored. */
export async function runWorkload(options: WorkloadOptions, signal: AbortSignal): Promise<void> {
  const urls = [options.url, options.linkedUrl];
  const senders = [
    ...Array.from({ length: librarySenders }, (_, at) => sendByLibrary(`library${at}`, urls[at % 2]!, options, signal)),
    ...Array.from({ length: programSenders }, (_, at) => sendByProgram(`program${at}`, urls[at % 2]!, options, signal)),
  ];
  await Promise.all(senders);
}

async function sendByLibrary(
  sender: string,
  url: string,
  options: WorkloadOptions,
  signal: AbortSignal,
): Promise<void> {
  await using broker = await openBroker({ servers: url, namespace: "steward" }, { name: sender, waitMs: Infinity });
  const waits = senderRandom(options.seed + 1, sender);
  const store: Store = async (drafts) => {
    const messages = drafts.flatMap((draft) => toMessages(draft, { from, id: draft.id! }));
    try {
      return {
        outcome: "stored",
        reported: await send(broker, messages, { waitMs: waits(6) === 0 ? 2000 : undefined }),
      };
    } catch (error) {
      const isKnown = StewardError.is(error, "notStored") || StewardError.is(error, "unconfirmed");
      if (!isKnown) options.recorded.surprises.push(`${sender}: ${String(error)}`);
      return { outcome: "unknown" };
    }
  };
  await sendOn(sender, store, libraryPause, options, signal);
}

async function sendByProgram(
  sender: string,
  url: string,
  options: WorkloadOptions,
  signal: AbortSignal,
): Promise<void> {
  const store: Store = async (drafts) => {
    const list = drafts.map(({ nodes, ...draft }) => ({ ...draft, node: nodes, from }));
    const { code, stderr } = await steward(url, ["send", "--no-wait", "--file", "-"], JSON.stringify(list));
    const isKnown = code === exitCodes.succeeded || code === exitCodes.broker;
    if (!isKnown) options.recorded.surprises.push(`${sender}: ${code} ${stderr}`);
    return { outcome: code === exitCodes.succeeded ? "stored" : "unknown" };
  };
  await sendOn(sender, store, programPause, options, signal);
}

/** One sending after the other, so what a sender sent to a lane is stored there in the order of its history. */
async function sendOn(
  sender: string,
  store: Store,
  pause: number,
  { seed, names, script, recorded, room }: WorkloadOptions,
  signal: AbortSignal,
): Promise<void> {
  const random = senderRandom(seed, sender);
  const earlier: Draft[] = [];
  while (!signal.aborted) {
    const drafts = sending(random, names).map((target, at): Draft => {
      const id = `${sender}-${earlier.length + at}`;
      return { ...target, id, data: dataOf(target, id, script, random) };
    });
    const { outcome, reported = [] } = await store(drafts);
    const states = new Map(reported.map(({ address, ack }) => [keyOf(address), ack?.state]));
    for (const { nodes, ...draft } of drafts) {
      for (const node of nodes) {
        const { id = "", messageType, subject, delivery } = draft;
        const message = { id, node, messageType, subject, delivery };
        recorded.sent.push({ sender, message, outcome, reported: states.get(keyOf(message)), at: Date.now() });
      }
    }
    earlier.push(...drafts);
    // An id that was sent before must change nothing, whatever became of it.
    if (random(20) === 0) await store([pick(random, earlier)]);
    await delay(random(2 * pause), undefined, { signal }).catch(() => {});
    await room();
  }
}

function senderRandom(seed: number, sender: string): Random {
  return seeded(Buffer.from(`${sender}${seed}`).reduce((sum, byte) => Math.imul(sum, 31) + byte, 7));
}

const lanes = [
  { messageType: "command", subject: "exec" },
  { messageType: "command", subject: "shell" },
  { messageType: "command", subject: "shellCommand" },
  { messageType: "event", subject: "log" },
  { messageType: "event", subject: "log" },
] as const;

type Target = Pick<Draft, "nodes" | "messageType" | "subject" | "delivery">;

/** What one sending is of: mostly one message; sometimes one to all nodes, or many messages at once. */
function sending(random: Random, names: readonly string[]): Target[] {
  const target = (): Target => ({
    nodes: [pick(random, names)],
    ...pick(random, lanes),
    delivery: random(4) === 0 ? "atMostOnce" : "atLeastOnce",
  });
  const kind = random(10);
  if (kind < 6) return [target()];
  if (kind < 8) return [{ ...target(), nodes: names }];
  return Array.from({ length: 2 + random(10) }, target);
}

/** Some commands last a while, so that faults meet them in the middle. */
function dataOf({ messageType, subject }: Target, id: string, script: string, random: Random): string[] {
  if (messageType === "event") return [id];
  const argv = [script, `command.${subject}`, id];
  if (random(8) === 0) argv.push(String((1 + random(5)) / 10));
  return subject === "shell" ? [`exec ${argv.join(" ")}`] : argv;
}
