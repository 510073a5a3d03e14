import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { connect } from "nats";
import { startBroker } from "./broker.ts";
import { endProcess, environment, startDaemon } from "./daemon.ts";
import { exec, ping } from "./kinds.ts";
import { median } from "./median.ts";
import { timesIn } from "./profile.ts";
import { startFleet } from "./fleet.ts";
import { brokersFor, rowOf, type Row, type Suite } from "./result.ts";
import type { Target } from "./sending.ts";
import type { Piece } from "./wire-times.ts";

/** When a message was sent, and when its end arrived, in microseconds of the machine's clock. */
export interface SentMessage {
  readonly id: string;
  readonly begun: number;
  readonly ended: number;
}

/** The parts of a message's way, in microseconds. */
type Parts = Readonly<Record<string, number>>;

const node = "ship1";
const messagesInRound = 100;
/** A profile is long, so a few are enough; each also holds the daemon's start. */
const profiles = 3;
const profiledMessages = 10_000;

/** Where the time of one message goes: what each process wrote and read, and when; and how the daemon used its CPU. */
export const budget: Suite = {
  name: "budget",
  describe: "where the time of one message goes, from send to the waiter",
  run: async ({ rounds, fsync: wanted, only }) => {
    const rows: Row[] = [];
    for (const { name: broker, fsync } of brokersFor(wanted)) {
      for (const kind of [ping, exec]) {
        if (!kind.subject.includes(only)) continue;
        const parts = await partsOf({ ...kind, node }, fsync, rounds);
        for (const name of Object.keys(parts[0] ?? {})) {
          const turns = parts.map((round) => ({ steward: round[name] ?? 0 }));
          rows.push(rowOf({ name: `${kind.subject}: ${name}`, broker, unit: "µs" }, turns));
        }
      }
    }
    if ("CPU".includes(only) && wanted !== true) rows.push(...(await cpuRows(rounds)));
    return { rows };
  },
};

/** One set of parts for each round: medians over its messages. */
async function partsOf(target: Target, fsync: boolean, rounds: number): Promise<Parts[]> {
  const home = mkdtempSync(join(import.meta.dirname, "budget-"));
  await using broker = await startBroker(home, fsync);
  const hook = ["--import", join(import.meta.dirname, "wire-times.mjs")];
  const daemon = await startDaemon({ url: broker.url, name: node, home, execArgv: hook, ipc: true });
  const sender = fork(join(import.meta.dirname, "budget-sender.mjs"), [broker.url], { env: environment() });
  await once(sender, "message");
  const watcher = await connect({ servers: broker.url });
  const entries = new Map<string, number>();
  const consumer = await stateFeed(watcher, (id) => entries.set(id, Number(process.hrtime.bigint() / 1000n)));
  const all: Parts[] = [];
  for (let round = 0; round <= rounds; round++) {
    await asked<Piece[]>(daemon, "pieces");
    const { sent, pieces } = await asked<{ sent: SentMessage[]; pieces: Piece[] }>(sender, {
      target,
      count: messagesInRound,
    });
    const inDaemon = await asked<Piece[]>(daemon, "pieces");
    const each = sent
      .map((message) => partsOfOne(message, target, pieces, inDaemon, entries))
      .filter((parts) => parts !== undefined);
    if (each.length < messagesInRound / 2)
      throw new Error("the ways of the messages could not be recognised on the connections");
    // The first round warms up.
    if (round > 0) all.push(medians(each));
  }
  consumer();
  await watcher.close();
  await Promise.all([daemon, sender].map(endProcess));
  return all;
}

/** Reports each entry of the state bucket, by its message's id, as soon as the broker delivers it. */
async function stateFeed(nc: Awaited<ReturnType<typeof connect>>, heard: (id: string) => void): Promise<() => void> {
  const inbox = "_INBOX.bench.state";
  const subscription = nc.subscribe(inbox, {
    callback: (_error, msg) => {
      if (msg.headers?.get("Steward-State") === "succeeded") heard(msg.json<{ id: string }>().id);
    },
  });
  const config = {
    deliver_subject: inbox,
    ack_policy: "none",
    deliver_policy: "new",
    name: "bench",
    mem_storage: true,
  };
  const stream = "KV_STEWARD_NODES";
  const request = JSON.stringify({ stream_name: stream, config });
  await nc.request(`$JS.API.CONSUMER.CREATE.${stream}.bench`, request, { timeout: 5000 });
  return () => subscription.unsubscribe();
}

/** The parts of one message's way; undefined when something else interfered, such as a heartbeat of the daemon. */
function partsOfOne(
  { id, begun, ended }: SentMessage,
  { messageType, subject }: Target,
  atSender: readonly Piece[],
  atDaemon: readonly Piece[],
  entries: ReadonlyMap<string, number>,
): Parts | undefined {
  const message = `steward.${node}.${messageType}.${subject}.${id} `;
  const [journal, acked] = [`.ack.${messageType}.${subject}.${id} `, `.acked.${messageType}.${subject}.${id} `];
  const sent = find(atSender, true, message);
  const delivered = find(atDaemon, false, message);
  const writes = atDaemon.filter(({ out, text }) => out && text.includes(journal));
  const [started, final] = writes;
  const heard = atSender.filter(({ out, text }) => !out && text.includes(acked)).at(-1);
  if (!sent || !delivered || !started || !final || !heard) return undefined;
  const startStored = answerTo(atDaemon, started, journal);
  const finalStored = answerTo(atDaemon, final, journal);
  const entry = entries.get(id);
  if (!startStored || !finalStored) return undefined;
  return {
    "sender: make, encode, write": sent.at - begun,
    "broker: store the message and deliver it": delivered.at - sent.at,
    "daemon: parse, check, write started": started.at - delivered.at,
    "broker: store started": startStored.at - started.at,
    "daemon: run, encode, write the final ACK": final.at - startStored.at,
    "broker: store the final ACK and republish it": heard.at - final.at,
    "sender: read it and settle": ended - heard.at,
    "in all": ended - begun,
    ...(entry === undefined ? {} : { "beside that: the final ACK until the state bucket has it": entry - final.at }),
  };
}

function find(pieces: readonly Piece[], out: boolean, text: string): Piece | undefined {
  return pieces.find((piece) => piece.out === out && piece.text.includes(text));
}

/** The answer to a publish that was written with a reply subject. */
function answerTo(pieces: readonly Piece[], written: Piece, subject: string): Piece | undefined {
  const at = written.text.indexOf(subject);
  const [reply = ""] = written.text.slice(at + subject.length).split(" ", 1);
  return pieces.find((piece) => !piece.out && piece.at >= written.at && piece.text.includes(`MSG ${reply} `));
}

function medians(each: readonly Parts[]): Parts {
  const names = Object.keys(each[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(each.map((parts) => parts[name] ?? 0))]));
}

async function asked<T>(child: ChildProcess, question: object | string): Promise<T> {
  child.send(question);
  const [answer] = (await once(child, "message")) as [T];
  if (typeof answer === "string") throw new Error(answer);
  return answer;
}

/** The CPU time of the daemon for each no-op, when they follow one another without a pause. */
async function cpuRows(rounds: number): Promise<Row[]> {
  const turns = new Map<string, { readonly steward: number }[]>();
  for (let round = 0; round < Math.min(rounds, profiles); round++) {
    const folder = mkdtempSync(join(import.meta.dirname, "profile-"));
    {
      await using fleet = await startFleet({ fsync: false, profiles: folder });
      const target = { ...ping, node };
      await fleet.stewardSender.ask({ kind: "throughput", target, count: profiledMessages, inFlight: 256 });
    }
    for (const [kind, ms] of timesIn(folder, "steward.js")) {
      turns.set(kind, [...(turns.get(kind) ?? []), { steward: (ms * 1000) / profiledMessages }]);
    }
  }
  return [...turns].map(([kind, each]) =>
    rowOf({ name: `CPU of the daemon for a ping: ${kind}`, broker: "fsync off", unit: "µs" }, each),
  );
}
