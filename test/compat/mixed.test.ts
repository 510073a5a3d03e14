import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type NatsConnection } from "nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readStates } from "../support/broker-state.ts";
import { startServer, type TestServer } from "../support/nats-server.ts";
import { program, startNode, steward, type CliResult, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";
import { previousProgram } from "./previous.ts";

/**
 * The present program beside that of the last release, on one broker whose streams the older one made: nodes of each,
 * the command line of each, and daemons that go on where one of the other version was killed.
 */
const previous = previousProgram();
const versions = { old: previous.kind === "built" ? previous.program : "", new: program };
type Version = keyof typeof versions;
const pairs = (["old", "new"] as const).flatMap((cli) => (["old", "new"] as const).map((node) => ({ cli, node })));

if (previous.kind === "missing") console.warn(`not tested beside another version: ${previous.reason}`);

describe.skipIf(previous.kind === "missing")(`beside ${previous.kind === "built" ? previous.name : "nothing"}`, () => {
  let server: TestServer;
  let nc: NatsConnection;
  let work: string;
  const nodes = new Map<string, TestNode>();
  const cli = (version: Version, ...args: readonly string[]): Promise<CliResult> =>
    steward(server.url, args, "", versions[version]);
  const json = async <T>(version: Version, ...args: readonly string[]): Promise<T> =>
    JSON.parse((await cli(version, args[0]!, "--json", ...args.slice(1))).stdout) as T;

  beforeAll(async () => {
    server = await startServer();
    nc = await connect({ servers: server.url });
    work = await mkdtemp(join(tmpdir(), "steward-mixed-"));
    await cli("old", "init");
    const start = async (name: string, version: Version, central: string): Promise<void> => {
      nodes.set(name, await startNode(server.url, name, ["--central", central], versions[version]));
    };
    // Each tells its failures to one of the other version.
    await Promise.all([
      ...pairs.map((pair) => start(`${pair.node}-by-${pair.cli}`, pair.node, pair.node === "old" ? "new" : "old")),
      ...(["old", "new"] as const).map((version) => start(version, version, version)),
    ]);
  }, 120_000);

  afterAll(async () => {
    await Promise.all([...nodes.values()].map((node) => node[Symbol.asyncDispose]()));
    await nc?.close();
    await server?.stop();
    if (work !== undefined) await rm(work, { recursive: true, force: true });
  });

  describe.each(pairs)("the command line of the $cli one, a node of the $node one", (pair) => {
    const by = pair.cli;
    const node = `${pair.node}-by-${by}`;

    test.concurrent("commands and events, their outcomes, and their states", async () => {
      const id = `hi-${node}`;
      expect(await cli(by, "send", node, "exec", "--id", id, "--", "echo", "hello")).toMatchObject({
        code: 0,
        stdout: "hello\n",
      });
      const failed = await cli(by, "send", node, "shell", "--id", `bad-${node}`, "echo broken >&2; exit 3");
      expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining("exit code 3") as string });
      expect(await cli(by, "send", node, "log", "--from", "mixed", "a line")).toMatchObject({ code: 0 });
      expect(await readFile(join(nodes.get(node)!.dataDir, "log", "mixed.log"), "utf8").catch(String)).toContain(
        "a line",
      );
      const followed = await cli(by, "send", node, "shell", "--follow", "for i in 1 2 3; do echo $i; sleep 0.05; done");
      expect(followed).toMatchObject({ code: 0, stdout: [1, 2, 3].map((line) => `${node}: ${line}\n`).join("") });
      expect(await json(by, "status", id)).toMatchObject({
        nodes: [
          {
            node,
            state: "succeeded",
            queued: false,
            sent: { id },
            acks: [{ state: "started" }, { state: "succeeded" }],
          },
        ],
        summary: { succeeded: 1 },
      });
      expect(await json(by, "nodes", `${node.slice(0, -1)}*`)).toMatchObject([{ node, up: true, failures: 0 }]);
      expect((await cli(by, "log", "--node", node, "--state", "failed")).stdout).toContain(` bad-${node} failed`);
      expect((await cli(by, "errors", "--node", node)).stdout).toContain(`bad-${node}`);
      // Told to the central node, which is of the other version.
      const central = pair.node === "old" ? "new" : "old";
      const reported = async (): Promise<boolean> =>
        (await cli(by, "log", "--node", central, "--subject", "error")).stdout.includes("succeeded");
      await until(reported, 10_000, `${central} has heard of the failure`);
    });

    test.concurrent("lanes, the queue, a cancel, and a replay", async () => {
      const lane = "command.ping";
      const [kept, taken] = [`kept-${node}`, `taken-${node}`];
      expect(await cli(by, "lanes", node, "pause", lane)).toMatchObject({ code: 0 });
      for (const id of [kept, taken]) {
        expect(await cli(by, "send", node, "ping", "--id", id, "--no-wait")).toMatchObject({ code: 0 });
      }
      const lanes = await json<{ lanes: { name: string }[] }>(by, "lanes", node);
      expect(lanes.lanes.find(({ name }) => name === lane)).toMatchObject({ waiting: 2, hold: { state: "paused" } });
      expect(await json(by, "queue", "--node", node, "--subject", "ping")).toMatchObject({
        messages: [kept, taken].map((id) => ({ id, state: "waiting", hold: { state: "paused" } })),
      });
      expect(await cli(by, "cancel", taken)).toMatchObject({ code: 0 });
      expect(await cli(by, "lanes", node, "resume", lane)).toMatchObject({ code: 0 });
      expect(await cli(by, "wait", kept)).toMatchObject({ code: 0 });
      expect(await cli(by, "wait", taken)).toMatchObject({ code: 1 });
      const again = await json<{ id: string }>(by, "replay", taken);
      expect(again).toMatchObject({ nodes: [{ node, state: "succeeded" }], summary: { succeeded: 1 } });
      expect(await readStates(nc, again.id)).toEqual(["started 1", "succeeded 1"]);

      const running = cli(by, "send", node, "exec", "--id", `long-${node}`, "--", "sleep", "60");
      await until(async () => (await readStates(nc, `long-${node}`)).length === 1);
      expect(await cli(by, "cancel", `long-${node}`)).toMatchObject({ code: 0 });
      expect(await running).toMatchObject({ code: 1 });
    });
  });

  test.each([
    { from: "old", to: "new" },
    { from: "new", to: "old" },
  ] as const)("a daemon of the $to one goes on where one of the $from one was killed", async ({ from, to }) => {
    const name = `taken-from-${from}`;
    const node = await startNode(server.url, name, [], versions[from]);
    nodes.set(name, node);
    const marks = join(work, from);
    const once = (file: string): string => `echo run >> ${file}; test $(wc -l < ${file}) -gt 1 || exec sleep 300`;
    const [again, never, behind] = [`again-${from}`, `never-${from}`, `behind-${from}`];
    expect(await cli(from, "lanes", name, "pause", "command.ping")).toMatchObject({ code: 0 });
    for (const send of [
      ["shell", "--id", again, once(`${marks}.again`)],
      ["shell", "--id", behind, `cat ${marks}.again`],
      ["exec", "--id", never, "--at-most-once", "--", "sh", "-c", once(`${marks}.never`)],
      ["ping", "--id", `held-${from}`],
    ]) {
      expect(await cli(to, "send", name, "--no-wait", ...send)).toMatchObject({ code: 0 });
    }
    await until(async () => (await readStates(nc, again)).length + (await readStates(nc, never)).length === 2);
    await node.kill();
    await node.restart({}, versions[to]);
    for (const version of [from, to]) {
      expect(await cli(version, "wait", again)).toMatchObject({ code: 0 });
      expect(await cli(version, "wait", behind)).toMatchObject({ code: 0, stdout: "run\nrun\n" });
      expect(await cli(version, "wait", never)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("interrupted") as string,
      });
      expect(await cli(version, "wait", `held-${from}`, "--wait", "0s")).toMatchObject({ code: 3 });
    }
    expect(await readStates(nc, again)).toEqual(["started 1", "started 2", "succeeded 2"]);
    expect(await readStates(nc, never)).toEqual(["started 1", "interrupted 1"]);
    expect(await readFile(`${marks}.never`, "utf8")).toBe("run\n");
    expect(await cli(from, "lanes", name, "resume", "command.ping")).toMatchObject({ code: 0 });
    expect(await cli(to, "wait", `held-${from}`)).toMatchObject({ code: 0 });
  });

  test("a message with an unknown requirement is rejected by the new one; the old one runs it, as docs/compatibility.md says", async () => {
    const file = join(work, "requires.json");
    const message = { node: ["old", "new"], subject: "ping", id: "later", requires: ["later"] };
    await writeFile(file, JSON.stringify(message));
    expect(await json("new", "send", "--file", file)).toMatchObject({
      messages: [
        {
          nodes: [
            { node: "old", state: "succeeded" },
            {
              node: "new",
              state: "rejected",
              final: true,
              error: { code: "notUnderstood" },
              message: { requires: ["later"] },
            },
          ],
        },
      ],
    });
    // An old reader knows the state, and its lane goes on.
    expect(await cli("old", "wait", "later")).toMatchObject({ code: 1 });
    expect(await cli("old", "send", "new", "ping")).toMatchObject({ code: 0 });
    const infos = await json<{ node: string; info: object }[]>("new", "nodes", "*");
    const infoOf = (name: string): object | undefined => infos.find(({ node }) => node === name)?.info;
    expect(infoOf("new")).toMatchObject({ protocol: 1, features: expect.arrayContaining(["requires"]) as unknown });
    expect(infoOf("old")).not.toHaveProperty("features");
  });
});
