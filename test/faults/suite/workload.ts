import { setTimeout as delay } from "node:timers/promises";
import { openBroker } from "../../../src/broker/connect.ts";
import type { Draft } from "../../../src/protocol/draft.ts";
import { toMessages } from "../../../src/send/outgoing.ts";
import { send } from "../../../src/send/send.ts";
import { pick, seeded, type Random } from "../../support/random.ts";
import { steward } from "../../support/steward.ts";
import { from, type Sent } from "./history.ts";

export interface WorkloadOptions {
  readonly url: string;
  readonly seed: number;
  /** Of the nodes. */
  readonly names: readonly string[];
  /** The program that leaves a line for each run. */
  readonly script: string;
  readonly sent: Sent[];
  /** Resolves when there is room for more in the queue. */
  readonly room: () => Promise<void>;
}

/** Senders that use the library as `steward send` does, each on a connection of its own. */
const librarySenders = 6;
/** Senders that run `steward send`, a process for each sending. */
const programSenders = 1;

/** The mean wait of a sender between two sendings, in milliseconds. */
const [libraryPause, programPause] = [200, 2000];

/** Stores drafts; false when nobody knows whether they are stored. */
type Store = (drafts: readonly Draft[]) => Promise<boolean>;

/** Lets all senders send until `signal` is aborted. Resolves when each knows, or has given up to learn, what is stored. */
export async function runWorkload(options: WorkloadOptions, signal: AbortSignal): Promise<void> {
  const { url } = options;
  const library = Array.from({ length: librarySenders }, async (_, at) => {
    await using broker = await openBroker({ servers: url, namespace: "steward" }, { name: "faults", waitMs: Infinity });
    const store: Store = (drafts) => {
      const messages = drafts.flatMap((draft) => toMessages(draft, { from, id: draft.id! }));
      return send(broker, messages, {}).then(
        () => true,
        () => false,
      );
    };
    await sendOn(`library${at}`, store, libraryPause, options, signal);
  });
  const program = Array.from({ length: programSenders }, async (_, at) => {
    const store: Store = async (drafts) => {
      const list = drafts.map(({ nodes, ...draft }) => ({ ...draft, node: nodes, from }));
      return (await steward(url, ["send", "--no-wait", "--file", "-"], JSON.stringify(list))).code === 0;
    };
    await sendOn(`program${at}`, store, programPause, options, signal);
  });
  await Promise.all([...library, ...program]);
}

/** One sender: one sending after the other, so what it sent to a lane is stored there in the order of its history. */
async function sendOn(
  sender: string,
  store: Store,
  pause: number,
  { seed, names, script, sent, room }: WorkloadOptions,
  signal: AbortSignal,
): Promise<void> {
  const random = seeded(seed + Buffer.from(sender).reduce((sum, byte) => sum * 31 + byte, 7));
  for (let number = 0; !signal.aborted;) {
    const drafts = sending(random, names).map((draft): Draft => {
      const id = `${sender}-${number++}`;
      return { ...draft, id, data: dataOf(draft, id, script, random) };
    });
    const outcome = (await store(drafts)) ? "stored" : "unknown";
    for (const draft of drafts) {
      for (const node of draft.nodes) sent.push({ sender, message: messageOf(draft, node), outcome, at: Date.now() });
    }
    await delay(random(2 * pause), undefined, { signal }).catch(() => {});
    await room();
  }
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
  if (random(15) === 0) argv.push(String((1 + random(5)) / 10));
  return subject === "shell" ? [`exec ${argv.join(" ")}`] : argv;
}

function messageOf({ id, messageType, subject, delivery }: Draft, node: string): Sent["message"] {
  return { id: id!, node, messageType, subject, delivery };
}
