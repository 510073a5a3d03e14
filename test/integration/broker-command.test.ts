import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstream, jetstreamManager, type PubAck } from "@nats-io/jetstream";
import { build } from "esbuild";
import { connect, type NatsConnection } from "nats";
import { afterAll, afterEach, beforeAll, expect, test, type TestContext, vi } from "vitest";
import type { Arguments } from "../../src/cli/command.ts";
import { freePort, startServer } from "../support/nats-server.ts";

const home = mkdtempSync(join(tmpdir(), "steward-broker-"));
const program = join(home, "broker.mjs");
const brokers: Broker[] = [];

/** A `steward broker` in a process group of its own, as a shell would start it. */
interface Broker {
  readonly child: ChildProcess;
  readonly port: number;
  stdout: string;
  stderr: string;
}

beforeAll(async () => {
  const contents = `
    import { brokerCommand } from "./commands/broker.ts";
    import { exitCodeOf } from "./exit-codes.ts";
    try { process.exitCode = await brokerCommand.run(JSON.parse(process.argv[2])); }
    catch (error) { console.error(error.code + ": " + error.message); process.exitCode = exitCodeOf(error.code); }`;
  await build({
    stdin: { contents, resolveDir: join(import.meta.dirname, "../../src/cli") },
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
});

afterEach(endBrokers);

afterAll(() => rmSync(home, { recursive: true }));

test.each([
  ["50", {}],
  ["200", { GOGC: "200" }],
])("nats-server collects its garbage at GOGC=%s, as the operator says if he does", async (percent, env) => {
  const broker = await start({ "store-dir": join(home, `collects-${percent}`) }, env);
  const environment = readFileSync(`/proc/${serverOf(broker)}/environ`, "utf8").split("\0");
  expect(environment.filter((entry) => entry.startsWith("GOGC="))).toEqual([`GOGC=${percent}`]);
});

test("prints its address when it is ready, keeps streams over a restart, and stops with Ctrl-C", async () => {
  const broker = await start({ "store-dir": join(home, "kept"), name: "hub" });
  expect(broker.stdout).toMatch(/^nats-server 2\.\d+\.\d+ is ready at nats:\/\/127\.0\.0\.1:\d+, store in \/.*kept\n$/);
  await use(broker, async (connection) => {
    expect(connection.info?.server_name).toBe("hub");
    await addStream(connection);
  });

  // A server in a group of its own is not reached by what a terminal sends to the whole group of the broker.
  process.kill(-serverOf(broker), 0);
  process.kill(-broker.child.pid!, "SIGINT");
  expect(await once(broker.child, "exit")).toEqual([0, null]);
  expect(await listens(broker.port)).toBe(false);
  expect(broker.stderr).toBe("");

  const again = await start({ "store-dir": join(home, "kept"), json: true });
  const reported = { url: `nats://127.0.0.1:${again.port}`, storeDir: join(home, "kept") };
  expect(JSON.parse(again.stdout)).toMatchObject(reported);
  expect(await use(again, messages)).toBe(0);
});

test("kill -9 of it ends the server within two seconds, and frees port and store", async () => {
  const broker = await start({ "store-dir": join(home, "killed") });
  broker.child.kill("SIGKILL");
  await once(broker.child, "exit");
  await vi.waitUntil(async () => !(await listens(broker.port)), 2000);

  const next = await start({ "store-dir": join(home, "killed"), port: broker.port });
  expect(next.stdout).toContain("is ready");
});

test("kill -9 of it ends a server that no longer reacts too, and the store is not free before", async () => {
  const store = { "store-dir": join(home, "hung") };
  const broker = await start(store);
  process.kill(serverOf(broker), "SIGSTOP");
  broker.child.kill("SIGKILL");
  const stillThere = start(store).then(() => listens(broker.port));
  await vi.waitUntil(async () => !(await listens(broker.port)), 2000);
  expect(await stillThere).toBe(false);
});

test("a server that is killed comes back on its port with its streams", async () => {
  const broker = await start({ "store-dir": join(home, "restarted") });
  await use(broker, addStream);
  for (const times of [1, 2]) {
    await use(broker, publish);
    process.kill(serverOf(broker), "SIGKILL");
    await vi.waitUntil(() => broker.stderr.split("is ready again").length > times, 10_000);
    expect(broker.stderr).toMatch(/nats-server ended \(SIGKILL\); restarting in 0\.\d+ s\n/);
    expect(await use(broker, messages)).toBe(times);
  }
});

test("a port that is taken is an error in one line", async () => {
  await using other = await startServer();
  const broker = await run({ "store-dir": join(home, "port"), port: other.port });
  expect(await once(broker.child, "close")).toEqual([4, null]);
  expect(broker.stderr).toMatch(/^portTaken: .* nats:\/\/127\.0\.0\.1:\d+: stop it, or choose another port\n$/);
  expect(broker.stdout).toBe("");
});

test("a store that another broker uses is an error in one line", async () => {
  const owner = await start({ "store-dir": join(home, "locked") });
  const broker = await run({ "store-dir": join(home, "locked") });
  expect(await once(broker.child, "close")).toEqual([4, null]);
  expect(broker.stderr).toMatch(/^storeLocked: .*locked: stop it, or name another folder\n$/);
  expect(await listens(owner.port)).toBe(true);
});

test("a store folder that cannot be made is an error in one line", async () => {
  writeFileSync(join(home, "file"), "");
  const broker = await run({ "store-dir": join(home, "file/store") });
  expect(await once(broker.child, "close")).toEqual([2, null]);
  expect(broker.stderr).toMatch(/^fileUnreadable: .*file\/store.*\n$/);
});

test("a full disk is reported in one line, and the server stores again when there is space", async (context) => {
  await withSmallDisk(context, async (disk) => {
    const broker = await start({ "store-dir": join(disk, "store") });
    await use(broker, async (connection) => {
      await addStream(connection);
      await publish(connection);
      fill(disk);
      await expect(publish(connection)).rejects.toThrow("timeout");
    });
    await vi.waitUntil(() => broker.stderr.endsWith("\n"), 5000);
    expect(broker.stderr).toMatch(/^steward broker: the disk of .* is full: .*\n$/);

    rmSync(join(disk, "filler"));
    await vi.waitUntil(() => broker.stderr.includes("is ready again"), 10_000);
    await use(broker, async (connection) => {
      const { seq } = await publish(connection);
      expect(seq).toBeGreaterThan(1);
      expect(await messages(connection)).toBe(seq);
    });
  });
});

test("a store that has reached the server's limit is reported in one line", async (context) => {
  await withSmallDisk(context, async (disk) => {
    const broker = await start({ "store-dir": join(disk, "store") });
    await use(broker, async (connection) => {
      await addStream(connection);
      const fillStore = async (): Promise<never> => {
        for (;;) await publish(connection);
      };
      await expect(fillStore()).rejects.toThrow("insufficient resources");
    });
    await vi.waitUntil(() => broker.stderr.endsWith("\n"), 5000);
    expect(broker.stderr).toMatch(/^steward broker: the store .* cannot grow: .*\n$/);
  });
});

/** A disk of 16 MiB for the time of `work`; skips the test where none can be mounted. */
async function withSmallDisk(context: TestContext, work: (disk: string) => Promise<void>): Promise<void> {
  const disk = mkdtempSync(join(tmpdir(), "steward-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", disk]).status === 0;
  try {
    context.skip(!mounted, "no small disk can be mounted here: that needs root");
    await work(disk);
  } finally {
    await endBrokers();
    if (mounted) execFileSync("umount", [disk]);
    rmSync(disk, { recursive: true });
  }
}

function fill(disk: string): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, "filler"), Buffer.alloc(bavail * bsize));
}

async function start(args: Arguments, env?: NodeJS.ProcessEnv): Promise<Broker> {
  const broker = await run(args, env);
  await vi.waitUntil(() => broker.stdout.endsWith("\n") || broker.child.exitCode !== null, 10_000);
  expect(broker.stderr).toBe("");
  return broker;
}

async function run(args: Arguments, env: NodeJS.ProcessEnv = {}): Promise<Broker> {
  const port = (args["port"] as number | undefined) ?? (await freePort());
  const child = spawn(process.execPath, [program, JSON.stringify({ ...args, port })], {
    detached: true,
    env: { ...process.env, ...env },
  });
  const broker = { child, port, stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (broker.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (broker.stderr += String(chunk)));
  brokers.push(broker);
  return broker;
}

async function endBrokers(): Promise<void> {
  for (const { child } of brokers) child.kill("SIGKILL");
  for (const { port } of brokers.splice(0)) await vi.waitUntil(async () => !(await listens(port)), 5000);
}

async function use<T>({ port }: Broker, work: (connection: NatsConnection) => Promise<T>): Promise<T> {
  const connection = await connect({ port, reconnect: false });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

async function addStream(connection: NatsConnection): Promise<void> {
  await (await jetstreamManager(connection)).streams.add({ name: "KEPT", subjects: ["kept"] });
}

function publish(connection: NatsConnection): Promise<PubAck> {
  return jetstream(connection, { timeout: 1000 }).publish("kept", new Uint8Array(100_000));
}

async function messages(connection: NatsConnection): Promise<number> {
  return (await (await jetstreamManager(connection)).streams.info("KEPT")).state.messages;
}

function serverOf({ child }: Broker): number {
  return Number(execFileSync("pgrep", ["-P", String(child.pid)], { encoding: "utf8" }));
}

async function listens(port: number): Promise<boolean> {
  const socket = connectTcp(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
