import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "nats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { freePort } from "../support/nats-server.ts";
import { fillSmallDisk, makeRoom, mountSmallDisk, type SmallDisk } from "../support/small-disk.ts";
import { program } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let folder: string;
let disk: SmallDisk | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "steward-deaf-"));
  disk = await mountSmallDisk();
  if (disk !== undefined) {
    await writeFile(join(disk.path, "others"), "x");
    await fillSmallDisk(disk.path);
  }
  fleet = await startFleet();
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await disk?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Redirections that lose a log. `$DISK` is full; 9 is a pipe without a reader, 7 a pipe that is not read. */
const places = ["/dev/full", "&9", "&7", "$DISK"];

describe("a daemon works and ends as usual", () => {
  test.each(places)("F8: a node whose log goes to %s", async (place) => {
    if (place === "$DISK" && disk === undefined) return;
    const name = `deaf${places.indexOf(place)}`;
    const daemon = start(["node", name, "--data-dir", join(folder, name), "--log-level", "debug"], `2> ${place}`);
    const messages = Array.from({ length: 600 }, () => ({ node: name, subject: "ping" }));
    const sent = await fleet.steward(["send", "--file", "-", "--wait", "20s", "--json"], JSON.stringify(messages));
    expect(JSON.parse(sent.stdout)).toMatchObject({ summary: { succeeded: 600 } });
    daemon.kill("SIGTERM");
    expect(await once(daemon, "exit")).toEqual([0, null]);
  });

  test("a log on a full disk continues when there is space again, and reports its gap", async () => {
    if (disk === undefined) return;
    const daemon = start(
      ["node", "later", "--data-dir", join(folder, "later"), "--log-level", "debug"],
      "2> $DISK.later",
    );
    await fleet.steward(["send", "later", "ping"]);
    await makeRoom(disk.path);
    await fleet.steward(["send", "later", "ping"]);
    daemon.kill("SIGTERM");
    await once(daemon, "exit");
    const log = await readFile(join(disk.path, "log.later"), "utf8");
    await fillSmallDisk(disk.path);
    expect(log).toMatch(/^\nsteward: \d+ lines of the log were left out here\n\{/);
    expect(log).toContain("SIGTERM: stopping");
  });

  test.each([
    ...places.map((place) => [`2> ${place}`, 0] as const),
    ["> /dev/full", 6] as const,
    ["> /dev/full 2> /dev/full", 6] as const,
    [">&9", 0] as const,
  ])("a broker with %s ends with %i", async (redirection, code) => {
    if (redirection.includes("$DISK") && disk === undefined) return;
    const port = await freePort();
    const daemon = start(["broker", "--port", String(port), "--store-dir", join(folder, String(port))], redirection);
    await until(async () => {
      const nc = await connect({ servers: `127.0.0.1:${port}`, reconnect: false }).catch(() => undefined);
      await nc?.close();
      return nc !== undefined;
    }, 20_000);
    daemon.kill("SIGTERM");
    expect(await once(daemon, "exit")).toEqual([code, null]);
  });
});

function start(args: readonly string[], redirection: string): ChildProcess {
  const pipes = `mkfifo "$PIPES.9" "$PIPES.7"; exec 8<> "$PIPES.9" 9> "$PIPES.9" 8<&- 7<> "$PIPES.7"`;
  const script = `${pipes}; exec "$NODE" "$PROGRAM" "$@" < /dev/null ${redirection.replace("> &", ">&")}`;
  return spawn("bash", ["-c", script, "bash", ...args], {
    env: {
      ...process.env,
      NATS_URL: fleet.server.url,
      NODE: process.execPath,
      PROGRAM: program,
      PIPES: join(folder, `pipe${counter++}`),
      DISK: join(disk?.path ?? "", "log"),
    },
    stdio: ["ignore", "ignore", "ignore"],
  });
}

let counter = 0;
