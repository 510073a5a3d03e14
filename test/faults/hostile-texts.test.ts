import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { commands } from "../../src/cli/commands/index.ts";
import { globalOptions } from "../../src/cli/global-options.ts";
import { Registry } from "../../src/handlers/registry.ts";
import { nodeInfo } from "../../src/node/announce.ts";
import { nodeDefaults } from "../../src/node/settings.ts";
import { ackSchema, type Ack } from "../../src/protocol/ack.ts";
import { lanesPageSchema } from "../../src/protocol/control.ts";
import { laneHoldSchema } from "../../src/protocol/lane-hold.ts";
import { messageSchema } from "../../src/protocol/message.ts";
import { presenceSchema } from "../../src/protocol/presence.ts";
import { putByHand } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { harmful, hostileArgument, hostileText, hostileValue } from "../support/hostile-texts.ts";
import { pick, seeded } from "../support/random.ts";
import { start, type Ended } from "../cli/support.ts";

/**
 * B9, F6: whatever others have put into any field, Steward's text holds nothing that a terminal would act on, and its
 * JSON is read by strict readers. Attacked: every command, every field of what is read, every option's error.
 */
const seed = Number(process.env["HOSTILE_SEED"] ?? 13);
const random = seeded(seed);
const fields = new Set<string>();
let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1"]);
  await storeHostile();
}, 60_000);
afterAll(async () => fleet[Symbol.asyncDispose]());

/** Lines for each command; `JSON` where it prints some. */
const lines: Readonly<Record<string, readonly string[]>> = {
  send: [
    "send evil ping --wait 0s JSON",
    "send all ping --dry-run JSON",
    "send away exec --id h1 --wait 0s JSON -- x",
    "send ship1,away exec --wait 2s -- printf \\033[2J",
    "send ship1 nosuch JSON -- DATA",
    "send ship1 exec JSON -- /nosuch/DATA",
    "send ship1 exec --follow --json -- echo DATA",
  ],
  wait: ["wait h1 --wait 0s JSON"],
  node: ["node DATA"],
  nodes: ["nodes JSON", "nodes evil JSON", "nodes --watch JSON"],
  lanes: ["lanes evil JSON", "lanes away JSON", "lanes evil pause command.exec"],
  status: ["status h1 JSON", "status h2 JSON", "status q1 JSON"],
  queue: ["queue JSON", "queue --summary JSON"],
  cancel: ["cancel h1 JSON", "cancel q2 JSON"],
  schedule: ["schedule ls JSON", "schedule rm s1 JSON"],
  replay: ["replay h2 --node evil --wait 0s JSON"],
  log: ["log JSON", "log --output"],
  errors: ["errors JSON"],
  watch: ["watch JSON"],
  group: ["group ls JSON"],
  init: ["init --check JSON"],
  config: ["config show --server nats://DATA --user DATA JSON", "config validate DATA"],
  doctor: ["doctor JSON", "doctor --server DATA JSON"],
  completion: ["completion bash", "__complete -- nodes "],
  broker: ["broker --nats-server DATA --store-dir /dev/null/DATA"],
};

it("B9, F6: no text of others acts on a terminal, and all JSON is read by strict readers", async () => {
  expect(Object.keys(lines).toSorted()).toEqual(Object.keys(commands).toSorted());
  const json: string[] = [];
  const all = Object.values(lines).flat();
  const runs = all.flatMap((line) =>
    line.includes("JSON") ? [line.replace(" JSON", ""), line.replace("JSON", "--json")] : [line],
  );
  await atOnce([...runs.map(wordsOf), ...(await faultyLines())], async (words) => {
    const { stdout, stderr } = await run(words);
    const text = stdout.toString();
    // Tabs of a program's output stay.
    for (const said of [text, stderr].map((one) =>
      /^(?:log|status)$/.test(words[0] ?? "") ? one.replaceAll("\t", "") : one,
    )) {
      expect(
        said.toWellFormed() === said && harmful.exec(said)?.[0],
        `seed ${seed}: ${words.join(" ")}: ${said}`,
      ).toBeFalsy();
    }
    if (words.includes("--json")) json.push(...text.split("\n").filter(Boolean));
  });
  expect(json.length).toBeGreaterThan(25);
  expect(json.join("")).toContain("u001b");
  assertStrict(json);
}, 240_000);

it("B9: hostile text was in these fields", () => {
  for (const field of [
    "ack.error.message",
    "ack.output.stdout",
    "message.data[]",
    "presence.host",
    "hold.reason",
    "hold.by",
  ]) {
    expect(fields).toContain(field);
  }
});

it("F6: strict readers can read everything that a node stores about a hostile message", async () => {
  const { stdout: stored } = await fleet.steward(["log", "--node", "ship1", "--json"]);
  const documents = stored.split("\n").filter(Boolean);
  assertStrict(documents);
  const rejected = documents.map((line) => JSON.parse(line) as Ack).filter(({ id }) => id.startsWith("odd-"));
  expect(rejected.map(({ id, error }) => [id, error?.code])).toEqual(
    ["odd-0", "odd-1", "odd-2"].map((id) => [id, "badMessage"]),
  );
});

/** By a program that stops at half a character, and by one that takes no duplicate and no NaN for granted. */
function assertStrict(documents: readonly string[]): void {
  const input = documents.map((one) => `${one}\n`).join("");
  const count = execFileSync("jq", ["-n", "reduce inputs as $one (0; . + 1)"], { input, encoding: "utf8" });
  expect(Number(count)).toBe(documents.length);
  execFileSync("python3", ["-c", strictReader], { input });
}

const strictReader = `
import json, sys
def refuse(what): raise ValueError(what)
def unique(pairs):
    if len(dict(pairs)) != len(pairs): raise ValueError("a key twice: %r" % pairs)
    return dict(pairs)
for line in sys.stdin.buffer:
    value = json.loads(line.decode("utf-8", "strict"), parse_constant=refuse, object_pairs_hook=unique)
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
`;

/** A line for each command with an odd word, and one for each of its options with an odd value. */
async function faultyLines(): Promise<string[][]> {
  const made: string[][] = [];
  for (const [name, load] of Object.entries(commands)) {
    const { options = {}, positionals = [] } = await load();
    const words = positionals.filter(({ required }) => required).map(({ choices }) => choices?.[0] ?? "x");
    made.push([name, hostileArgument(random), hostileArgument(random)]);
    const all = Object.entries({ ...options, ...globalOptions }).filter(([, { type }]) => type !== "boolean");
    // Those that would run on are told where no broker is.
    for (const [option] of Array.from({ length: 2 }, () => pick(random, all))) {
      made.push([name, ...words, "--server", "nats://127.0.0.1:1", `--${option}=${hostileArgument(random)}`]);
    }
  }
  return [...made, [hostileArgument(random)], ["send", "--file", "-"]];
}

function wordsOf(line: string): string[] {
  return line.split(" ").map((word) => word.replaceAll("DATA", () => hostileArgument(random)));
}

async function run(words: readonly string[]): Promise<Ended> {
  const env = { NATS_URL: fleet.server.url, HOME: "/nonexistent" };
  const running = start(words, env);
  running.stdin.end(`[{"node":${JSON.stringify(hostileText(random))},"${hostileArgument(random)}`);
  const late = setTimeout(() => running.interrupt(), 5000);
  const ended = await running.ended;
  clearTimeout(late);
  return ended;
}

async function atOnce<T>(items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await action(item);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

/** What a foreign client can store, in every field; and an answer of a foreign daemon. */
async function storeHostile(): Promise<void> {
  const { nc } = fleet;
  const made = (schema: unknown, name: string, over: object = {}): string => {
    return JSON.stringify({ ...(hostileValue(schema, random, fields, name) as object), ...over });
  };
  const place = { node: "evil", messageType: "command", subject: "exec" };
  for (const id of ["h1", "h2"]) {
    // What a program printed is its bytes where it stands by itself: of the first it is plain.
    const over =
      id === "h1"
        ? { ...place, id, state: "failed", output: { stdout: "plain\n", stderr: "" } }
        : { ...place, id, state: "rejected" };
    await putByHand(nc, `steward.evil.ack.command.exec.${id}`, made(ackSchema, "ack", over));
  }
  const odd = "\u001B[31m\u009B";
  await putByHand(
    nc,
    `steward.${odd}.ack.command.${odd}.${odd}`,
    made(ackSchema, "ack", { node: odd, subject: odd, id: odd }),
  );
  for (const id of ["q1", "q2"]) {
    await putByHand(
      nc,
      `steward.away.command.exec.${id}`,
      made(messageSchema, "message", { ...place, node: "away", id }),
    );
  }
  await putByHand(nc, `steward.away.command.${odd}.${odd}`, made(messageSchema, "message"));
  await putByHand(nc, "steward.evil.schedule.command.exec.s1", made(messageSchema, "message", { ...place, id: "s1" }), {
    "Nats-Schedule": "0 0 3 1 1 *",
    "Nats-Schedule-Target": "steward.evil.scheduled.command.exec.s1",
    "Nats-Schedule-TTL": "1h",
  });
  const settings = { ...nodeDefaults, name: "", dataDir: "" };
  const info = Object.keys(nodeInfo({ instance: "", startedAt: "", settings, registry: new Registry([]) }));
  const said = Object.fromEntries(info.map((key) => [key, hostileText(random)]));
  const labels = { [hostileText(random)]: hostileText(random) };
  const lists = { labels, subjects: [hostileText(random)], features: [hostileText(random)] };
  await putByHand(nc, "$KV.STEWARD_NODES.evil.info", JSON.stringify({ ...said, ...lists, protocol: 1 }));
  await putByHand(nc, "$KV.STEWARD_NODES.evil.lane.command.exec", made(laneHoldSchema, "hold", { state: "paused" }));
  await putByHand(
    nc,
    "$KV.STEWARD_NODES.away.lane.command.exec",
    made(laneHoldSchema, "hold", { state: "quarantined" }),
  );
  await putByHand(nc, `$KV.STEWARD_PRESENCE.evil`, made(presenceSchema, "presence"));
  await putByHand(nc, `$KV.STEWARD_GROUPS.${odd}`, JSON.stringify({ nodes: ["evil"] }));
  nc.subscribe("steward.evil.control.*", {
    callback: (_error, msg) => {
      const verb = msg.subject.split(".").at(-1);
      msg.respond(
        verb === "lanes"
          ? made(lanesPageSchema, "lanes", { more: 0 })
          : made(presenceSchema, "presence", { draining: true }),
      );
    },
  });
  // What the node itself makes of half a character, of keys twice and of deep nesting.
  const good = { ...place, node: "ship1", from: "x", createdAt: "2026-01-31T12:00:00Z", data: ["echo"] };
  const texts = ['"data":["\\ud800"]', '"data":["a"],"data":["b"]', `"newer":${"[".repeat(2000)}${"]".repeat(2000)}`];
  for (const [index, text] of texts.entries()) {
    const message = JSON.stringify({ ...good, id: `odd-${index}`, data: undefined });
    await putByHand(nc, `steward.ship1.command.exec.odd-${index}`, `${message.slice(0, -1)},"data":["echo"],${text}}`);
  }
}
