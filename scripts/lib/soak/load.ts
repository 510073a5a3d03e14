import { spawn } from "node:child_process";
import { once, setMaxListeners } from "node:events";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { Broker } from "../../../src/broker/connection/broker.ts";
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { cancel } from "../../../src/operate/cancel.ts";
import type { Template } from "../../../src/protocol/draft.ts";
import { newId } from "../../../src/protocol/ids.ts";
import type { Message, MessageOptions } from "../../../src/protocol/message.ts";
import { toMessages } from "../../../src/send/outgoing.ts";
import { sendLines } from "../../../src/send/send-lines.ts";
import { send } from "../../../src/send/send.ts";
import { environment, program } from "../bench/daemon.ts";
import { restarted, type Stage } from "./stage.ts";

const from = "soak";

/** The actions so far, and how messages ended. */
export type Tally = Record<string, number>;

type Act = (world: World) => Promise<void>;

interface World extends Stage {
  /** The act's own connection, to send on. */
  readonly own: Broker;
  readonly count: (what: string) => void;
  readonly signal: AbortSignal;
}

/** The actions that are repeated, and the pause of each in milliseconds; each has a connection of its own. */
const acts: readonly (readonly [pauseMs: number, act: Act])[] = [
  [20, sending(command("ping", []))],
  [100, sending(command("exec", ["echo", "a line of output"]))],
  [500, sending(command("exec", ["false"]))],
  [1000, sending(command("exec", ["false"], { retries: 2, retryWait: "100ms" }))],
  [1000, sending(command("shell", ["exec sleep 5"], { timeout: "1s" }))],
  [500, logBlocks],
  [2000, cancelled],
  [3000, askedByProgram],
  [7000, linkDropped],
  [20_000, daemonRestarted],
];

/** Repeats all of them until `signal` is aborted. */
export async function runLoad(stage: Stage, tally: Tally, signal: AbortSignal): Promise<void> {
  const settings = { servers: stage.server.url, namespace: "steward" };
  const count = (what: string): void => void (tally[what] = (tally[what] ?? 0) + 1);
  setMaxListeners(0, signal); // each action listens to it
  const doing = acts.map(async ([pauseMs, act]) => {
    await using own = await openBroker(settings, { name: "soak", waitMs: Infinity });
    while (!signal.aborted) {
      await act({ ...stage, own, count, signal });
      await delay(pauseMs, undefined, { signal }).catch(() => {});
    }
  });
  await Promise.all(doing);
}

function command(subject: string, data: readonly string[], options: MessageOptions = {}): Template {
  return { messageType: "command", subject, data, ...options };
}

function sending(template: Template): Act {
  return async ({ daemons, own, count }) => {
    const nodes = daemons.map(({ name }) => name);
    const outcomes = await send(own, toMessages({ ...template, nodes }, { from, id: newId() }), { waitMs: 60_000 });
    for (const { ack } of outcomes) count(`${template.subject} ${ack?.state ?? "pending"}`);
  };
}

async function logBlocks({ own, count, signal }: World): Promise<void> {
  const options = { waitMs: 60_000, signal, onCut: () => count("line cut") };
  const lines = Readable.from(["a line of a log file, as they are forwarded\n".repeat(500)]);
  const template = { messageType: "event", subject: "log", nodes: ["central"] } as const;
  const { summary } = await sendLines(own, lines, { ...template, data: [] }, { from, id: newId() }, options);
  count(summary.pending === 0 ? "blocks delivered" : "blocks pending");
}

/** One message that runs, and one that waits after it. */
async function cancelled({ own, count }: World): Promise<void> {
  const long = (): Message[] =>
    toMessages({ ...command("shellCommand", ["sleep", "30"]), nodes: ["ship1"] }, { from, id: newId() });
  const messages = [...long(), ...long()];
  await send(own, messages, {});
  await delay(200);
  for (const { id } of messages)
    await cancel(own, id, { by: from, waitMs: 10_000 }, ({ kind }) => count(`cancel: ${kind}`));
}

const questions = [["nodes"], ["queue"], ["log", "--limit", "20"], ["errors"], ["lanes", "ship1"]] as const;

async function askedByProgram({ server, count }: World): Promise<void> {
  const question = questions[Math.floor(Math.random() * questions.length)] ?? questions[0];
  const args = [program, ...question, "--server", server.url];
  const child = spawn(process.execPath, args, { env: environment(), stdio: ["ignore", "ignore", "pipe"] });
  const [complaint] = await Promise.all([text(child.stderr), once(child, "close")]);
  count(`steward ${question[0]}${child.exitCode === 0 ? "" : `: ${child.exitCode}, ${complaint.trim()}`}`);
}

async function linkDropped({ daemons, count }: World): Promise<void> {
  for (const { link } of daemons) link.drop();
  count("links dropped");
}

async function daemonRestarted({ daemons, count }: World): Promise<void> {
  for (const { name, restart } of daemons) if (name === restarted) await restart();
  count("daemon restarted");
}
