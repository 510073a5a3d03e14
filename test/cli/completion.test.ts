import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reference } from "../../src/cli/reference.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startLink } from "../support/link.ts";
import { startServer } from "../support/nats-server.ts";
import { until } from "../support/until.ts";
import { run, type Ended } from "./support.ts";

let fleet: Fleet;
let sent: string;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2"]);
  await fleet.steward(["group", "add", "web", "ship1"]);
  await fleet.steward(["group", "add", "gone", "ship1"]);
  await fleet.steward(["group", "rm", "gone"]);
  await fleet.steward(["send", "ship1", "ping", "--id", "old"]);
  sent = (await fleet.steward(["send", "away", "ping", "--no-wait"])).stdout.trim();
});
afterAll(() => fleet[Symbol.asyncDispose]());

test("the commands, with their descriptions", async () => {
  const described = reference.map(({ name, describe: what }) => `${name}\t${what}`);
  const { stdout } = await complete("");
  expect(stdout.toString().trimEnd().split("\n")).toEqual([...described, expect.stringMatching(/^help\t/)]);
});

test.each([
  ["the options of the command that resemble", ["send", "--ti"], ["--timeout"]],
  ["not those that were given", ["send", "--timeout", "5s", "--ti"], []],
  ["but those that may be given again", ["send", "--label", "a=b", "--lab"], ["--label"]],
  ["the choices of an option", ["log", "--state", "fa"], ["failed"]],
  ["the choices of an option with =", ["log", "--state=fa"], ["--state=failed"]],
  ["the choices of a positional", ["lanes", "ship1", "re"], ["resume", "restart"]],
  ["files are the shell's", ["send", "--file", "x"], [":file"]],
  ["and folders", ["node", "ship1", "--data-dir="], [":folder"]],
  ["nothing behind --", ["send", "ship1", "exec", "--", ""], []],
])("%s", async (_what, words, expected) => {
  expect(values(await complete(...words))).toEqual(expected);
});

describe("names of the running fleet", () => {
  test.each([
    ["nodes", ["send", "sh"], ["ship1", "ship2"]],
    ["nodes, groups, all", ["send", ""], ["@web", "all", "ship1", "ship2"]],
    ["groups", ["send", "@"], ["@web"]],
    ["a list goes on with the others", ["send", "ship1,"], ["ship1,@web", "ship1,ship2"]],
    ["a node for an option", ["log", "--node=sh"], ["--node=ship1", "--node=ship2"]],
    ["the name of a group", ["group", "ls", ""], ["web"]],
    ["subjects that the chosen nodes serve", ["send", "ship*", "e"], ["error", "exec"]],
    ["events alone for --event", ["send", "ship1", "--event", "l"], ["log"]],
    ["no subject of a node that is not known", ["send", "away", ""], []],
    ["lanes", ["lanes", "ship1", "pause", "command.p"], ["command.ping"]],
  ])("%s", async (_what, words, expected) => {
    expect(await completed(words, expected.length)).toEqual(expected);
  });

  test("ids, the newest first, with their states", async () => {
    const lines = async (): Promise<string> => (await complete("status", "")).stdout.toString();
    await until(
      async () => (await lines()) === `${sent}\taway command.ping queued\nold\tship1 command.ping succeeded\n`,
    );
  });

  test("O-W10: for cancel, only messages that have not ended", async () => {
    await until(async () => values(await complete("cancel", "")).join() === sent);
  });

  test("O-W10: the labels of nodes", async () => {
    const info = JSON.stringify({ labels: { site: "oslo", role: "web" } });
    fleet.nc.publish("$KV.STEWARD_NODES.far1.info", info);
    await fleet.nc.flush();
    await until(async () => values(await complete("nodes", "--label", "")).join() === "role=web,site=oslo");
    await until(async () => values(await complete("send", "all", "--label=si")).join() === "--label=site=oslo");
  });

  test("O-W10: over a link with a delay of 80 ms each way", async () => {
    await using link = await startLink([fleet.server.url]);
    link.slow({ latencyMs: 80, bytesPerSecond: 1_000_000 });
    const env = { NATS_URL: link.url };
    await until(async () => values(await run(query("group", "ls", ""), env)).join() === "web");
  });

  test("for resume, a held lane", async () => {
    await fleet.steward(["lanes", "ship2", "pause", "command.ping"]);
    expect(await completed(["lanes", "ship2", "resume", ""], 1)).toEqual(["command.ping"]);
  });

  /** On a busy machine a completion may run out of time. Then its result is incomplete, and it is tried again. */
  async function completed(words: readonly string[], count: number): Promise<string[]> {
    for (let tries = 0; ; tries++) {
      const found = values(await complete(...words)).toSorted();
      if (found.length >= count || tries === 20) return found;
    }
  }
});

describe("if nothing is known, nothing is printed", () => {
  const words = ["send", "sh"];
  const nothing = { code: 0, stdout: Buffer.of(), stderr: "" };

  test("no broker", async () => {
    expect(await fastest({ NATS_URL: "nats://127.0.0.1:1" }, words)).toMatchObject(nothing);
  });

  test("a broker that does not answer", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const ended = await fastest({ NATS_URL: `nats://127.0.0.1:${port}` }, words);
    silent.close();
    expect(ended).toMatchObject(nothing);
    expect(ended.ms).toBeLessThan(1200);
  });

  test.each([
    ["wrong credentials", { STEWARD_USER: "ann", STEWARD_PASSWORD: "wrong" }],
    ["a file of credentials that is not there", { STEWARD_CREDS: "/nowhere" }],
    ["a setting that is none", { STEWARD_JSON: "maybe" }],
  ])("%s", async (_what, env) => {
    const users = "users: [{ user: guest, password: guest }, { user: ann, password: secret }]";
    await using server = await startServer({ extraConfig: `no_auth_user: guest\nauthorization { ${users} }` });
    expect(await fastest({ NATS_URL: server.url, ...env }, words)).toMatchObject(nothing);
  });

  test("no streams", async () => {
    await using server = await startServer();
    expect(await fastest({ NATS_URL: server.url }, words)).toMatchObject(nothing);
  });
});

test("the broker is found in the same way as by any command, also by typed options", async () => {
  await until(async () => values(await run(query("-s", fleet.server.url, "send", "ship1"))).join() === "ship1");
});

async function complete(...words: string[]): Promise<Ended> {
  const ended = await run(query(...words), { NATS_URL: fleet.server.url });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  return ended;
}

function query(...words: string[]): string[] {
  return ["__complete", "bash", "--", ...words];
}

function values({ stdout }: Ended): string[] {
  return stdout
    .toString()
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [line.replace(/\t.*/, "")]));
}

/** The fastest of some runs, because other programs use the machine too. */
async function fastest(env: Readonly<Record<string, string>>, words: readonly string[]): Promise<Ended> {
  const runs: Ended[] = [];
  for (let times = 0; times < 5; times++) runs.push(await run(query(...words), env));
  return runs.reduce((best, one) => (one.ms < best.ms ? one : best));
}
