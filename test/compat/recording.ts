import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, release, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, type Msg, type MsgHdrs, type NatsConnection } from "nats";
import { thisProcess } from "../../src/exec/process-identity.ts";
import { readStates } from "../support/broker-state.ts";
import { startServer } from "../support/nats-server.ts";
import { startNode, steward } from "../support/steward.ts";
import { until } from "../support/until.ts";

/** What stood on the broker, or travelled there. */
export interface Recorded {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or base64 where it is none. */
  readonly data: string;
  readonly encoding?: "base64";
}

export const kinds = [
  "messages",
  "acks",
  "presence",
  "info",
  "holds",
  "schedules",
  "groups",
  "answers",
  "output",
] as const;
/** By kind; each is a file of the corpus. */
export type Recording = Readonly<Record<(typeof kinds)[number], readonly Recorded[]>>;

export function bytesOf({ data, encoding }: Recorded): Buffer {
  return Buffer.from(data, encoding ?? "utf8");
}

/** Has a program do all that leaves a trace on the wire, and records that. `test/compat/facts.ts` knows what was done. */
export async function record(program: string): Promise<Recording> {
  await using server = await startServer();
  const nc = await connect({ servers: server.url });
  const folder = await mkdtemp(join(tmpdir(), "steward-record-"));
  const cli = async (...args: readonly string[]): Promise<void> => {
    const { code, stderr } = await steward(server.url, args, "", program);
    // What ends with 1 was meant to; what ends with 6 is not whole here, as was meant too.
    if (code !== 0 && code !== 1 && code !== 6) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
  };
  const send = (node: string, ...args: readonly string[]): Promise<void> => cli("send", node, "--from", "ann", ...args);
  const ended = (id: string, acks: number): Promise<void> =>
    until(async () => (await readStates(nc, id)).length >= acks, 20_000, `${id} has ${acks} ACKs`);
  try {
    await cli("init");
    await send("ship1", "exec", "--id", "late", "--expires", "1s", "--no-wait", "--", "true");
    const options = [
      "--timeout",
      "5m",
      "--retries",
      "2",
      "--retry-wait",
      "1s",
      "--expires",
      "7d",
      "--reply",
      "ship1.log",
    ];
    await send("away", "exec", "--id", "waiting", ...options, "--no-wait", "--", "echo", "é", "");
    await send("away", "exec", "--id", "careful", "--at-most-once", "--no-wait", "--", "true");
    await send("away", "exec", "--id", "back", "--no-wait", "--", "true");
    await cli("cancel", "back", "--from", "ann");
    await delay(1500);

    const config = join(folder, "node.json");
    await writeFile(config, JSON.stringify({ lanes: { "command.shellCommand": { onFailure: "halt" } } }));
    const args = ["--config", config, "--output-limit", "1024", "--label", "site=oslo", "--central", "ship1"];
    await using node = await startNode(server.url, "ship1", args, program);
    await send("ship1", "exec", "--id", "fine", "--reply", "ship1.log", "--", "echo", "hello");
    await send("ship1", "exec", "--id", "fails", "--", "sh", "-c", "echo bad >&2; exit 3");
    await send("ship1", "exec", "--id", "killed", "--", "sh", "-c", "kill -9 $$");
    await send("ship1", "exec", "--id", "bytes", "--", "printf", "\\377\\001");
    await send("ship1", "exec", "--id", "long", "--", "seq", "1000");
    await send("ship1", "exec", "--id", "tried", "--retries", "1", "--retry-wait", "10ms", "--", "false");
    await send("ship1", "nosuch", "--id", "unserved");
    await send("ship1", "shellCommand", "--id", "halts", "--", "false");
    await send("ship1", "log", "--id", "line", "a line");
    await cli("replay", "fine");
    await cli("group", "add", "fleet", "ship2", "ship1");
    await cli("lanes", "ship1", "pause", "command.ping", "--from", "ann", "--reason", "night");
    await cli("lanes", "ship1", "pause", "command.other", "--from", "ann");
    await cli("lanes", "ship1", "resume", "command.other", "--from", "ann");
    await putByHand(nc, "command.exec.junk", "no message");
    await putByHand(nc, "command.exec.noise", Buffer.from([0xff, 0]));
    const message = { node: "ship1", from: "ann", createdAt: "2026-01-31T12:00:00.000Z" };
    const old = { ...message, id: "old", messageType: "event", subject: "textLogging", data: ["a line of old"] };
    await putByHand(nc, "event.textLogging.old", JSON.stringify(old));
    const later = { ...message, id: "later", messageType: "command", subject: "shell", data: ["true"] };
    await putByHand(nc, "command.shell.later", JSON.stringify({ ...later, requires: ["later"], colour: "red" }));
    for (const id of ["junk", "noise", "old", "later"]) await ended(id, 1);

    const output = await recordOutput(nc, () =>
      send("ship1", "shell", "--id", "live", "--follow", "sleep 0.3; echo a; sleep 0.3; echo b >&2; sleep 0.3"),
    );

    await send("ship1", "shell", "--id", "stopped", "--no-wait", "echo begun; exec sleep 300");
    await ended("stopped", 1);
    const answers = await recordAnswers(nc);
    await cli("cancel", "stopped", "--from", "ann");

    await send("ship1", "ping", "--id", "tick", "--every", "1s");
    await send("ship1", "ping", "--id", "once", "--at", "2100-01-01T00:00:00Z");
    await send("ship1", "ping", "--id", "nightly", "--cron", "30 4 * * 1-5", "--tz", "Europe/Oslo");
    // Only while it was recorded in the lane that goes on.
    await cli("lanes", "ship1", "resume", "command.ping", "--from", "ann");
    await until(
      async () => (await readStates(nc, "*")).length > 0 && (await firings(nc)) > 0,
      20_000,
      "tick has fired",
    );
    await cli("lanes", "ship1", "pause", "command.ping", "--from", "ann", "--reason", "night");
    const schedules = await recordStream(nc, "STEWARD_SCHEDULES");
    await cli("schedule", "rm", "tick", "--from", "ann");

    const mark = join(folder, "mark");
    const script = `echo run >> ${mark}; test $(wc -l < ${mark}) -gt 1 || exec sleep 300`;
    await send("ship1", "shell", "--id", "again", "--no-wait", script);
    await send("ship1", "exec", "--id", "never", "--at-most-once", "--no-wait", "--", "sleep", "300");
    await Promise.all([ended("again", 1), ended("never", 1)]);
    await node.kill();
    await node.restart();
    await Promise.all([ended("again", 3), ended("never", 2)]);

    const state = await recordStream(nc, "KV_STEWARD_NODES");
    const byKey = (fits: RegExp): Recorded[] => state.filter(({ subject }) => fits.test(subject));
    const recording: Recording = {
      messages: await recordStream(nc, "STEWARD_MESSAGES"),
      acks: await recordStream(nc, "STEWARD_ACKS"),
      presence: (await recordStream(nc, "KV_STEWARD_PRESENCE")).filter(({ data }) => data !== ""),
      info: byKey(/\.info$/),
      holds: byKey(/\.lane\./),
      schedules,
      groups: await recordStream(nc, "KV_STEWARD_GROUPS"),
      answers,
      output,
    };
    return withoutTheMachine(recording, folder);
  } finally {
    await nc.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whose machine it was is nobody's business. */
function withoutTheMachine(recording: Recording, folder: string): Recording {
  const { bootId = "none" } = thisProcess();
  const text = [
    [folder, "/tmp/folder"],
    [hostname(), "host1"],
    [release(), "6.1.0"],
    [bootId, "00000000-0000-4000-8000-000000000000"],
  ].reduce((left, [reported = "", instead = ""]) => left.replaceAll(reported, instead), JSON.stringify(recording));
  return JSON.parse(text) as Recording;
}

async function putByHand(nc: NatsConnection, to: string, payload: Uint8Array | string): Promise<void> {
  await nc.request(`steward.ship1.${to}`, payload, { timeout: 5000 });
}

async function firings(nc: NatsConnection): Promise<number> {
  const acks = await recordStream(nc, "STEWARD_ACKS");
  return acks.filter(({ subject }) => /\.tick_\d+$/.test(subject)).length;
}

async function recordOutput(nc: NatsConnection, during: () => Promise<void>): Promise<Recorded[]> {
  const heard: Recorded[] = [];
  const subscription = nc.subscribe("steward.*.output.*", {
    callback: (_error, msg) => void heard.push(recorded(msg)),
  });
  await during();
  subscription.unsubscribe();
  return heard.filter(({ data }) => data !== "");
}

const run = { messageType: "command", subject: "shell", id: "stopped" };
/** What a daemon is asked, in a form that each version has understood; the subject of an answer is that of its question. */
const questions: readonly [verb: string, request: object | undefined][] = [
  ["status", undefined],
  ["lanes", undefined],
  ["output", { ...run, attempt: 1, stream: "stdout", offset: 0 }],
  ["cancel", { ...run, id: "nobody", by: "ann" }],
  ["pause", { lane: "command.third", by: "ann", reason: "asked" }],
  ["resume", { lane: "command.third", by: "ann" }],
  ["restart", { lane: "command.fourth", by: "ann" }],
  ["dance", undefined],
];

async function recordAnswers(nc: NatsConnection): Promise<Recorded[]> {
  const answers: Recorded[] = [];
  for (const [verb, request] of questions) {
    const subject = `steward.ship1.control.${verb}`;
    const reply = await nc.request(subject, request === undefined ? "" : JSON.stringify(request), { timeout: 5000 });
    answers.push({ ...recorded(reply), subject });
  }
  answers.push({ ...recorded(await nc.request("$SRV.INFO.steward-node")), subject: "$SRV.INFO.steward-node" });
  return answers;
}

async function recordStream(nc: NatsConnection, stream: string): Promise<Recorded[]> {
  const { streams } = await jetstreamManager(nc, { checkAPI: false });
  const { first_seq: first, last_seq: last } = (await streams.info(stream)).state;
  const found: Recorded[] = [];
  for (let seq = first; seq <= last; seq++) {
    const stored = await streams.getMessage(stream, { seq }).catch(() => null);
    if (stored !== null) found.push(recorded({ subject: stored.subject, headers: stored.header, data: stored.data }));
  }
  return found;
}

function recorded({
  subject,
  headers,
  data,
}: {
  subject: string;
  headers?: MsgHdrs | undefined;
  data: Msg["data"];
}): Recorded {
  const pairs = [...(headers?.keys() ?? [])].map((key): [string, string] => [key, headers?.get(key) ?? ""]);
  const bytes = Buffer.from(data);
  const text = bytes.toString();
  const body = Buffer.from(text).equals(bytes)
    ? { data: text }
    : { data: bytes.toString("base64"), encoding: "base64" as const };
  return { subject, headers: Object.fromEntries(pairs), ...body };
}
