import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { steward } from "../support/steward.ts";
import { until } from "../support/until.ts";

const script = join(import.meta.dirname, "../../scripts/fleet");
const count = 20;

test("scripts/fleet runs the requested number of nodes, and leaves no process behind", async () => {
  // In its own session, so that its leftover processes can be found.
  const fleet = spawn(script, [String(count)], { detached: true, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  fleet.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  try {
    await until(
      () => said.includes(`${count} nodes are up`),
      25_000,
      () => said,
    );
    const url = /nats:\/\/\S+:\d+/.exec(said)?.[0] ?? "";
    const nodes = JSON.parse((await steward(url, ["nodes", "--json"])).stdout) as { node: string; up: boolean }[];
    expect(nodes.map(({ node, up }) => `${node} ${up}`)).toEqual(
      Array.from({ length: count }, (_, at) => `node${String(at + 1).padStart(5, "0")} true`),
    );
    const sent = await steward(url, ["send", "all", "noop", "--yes", "--json"]);
    expect(sent.code).toBe(0);
    expect((JSON.parse(sent.stdout) as { summary: object }).summary).toMatchObject({ succeeded: count });
  } finally {
    for (const pid of inSession(fleet.pid!)) signal(pid, "SIGTERM");
    if (fleet.exitCode === null) await once(fleet, "exit");
  }
  // The shell ends at once; its children need a moment.
  await until(() => inSession(fleet.pid!).length === 0);
  await until(() => said.includes("stopping"));
}, 60_000);

test.each([[], ["0"], ["many"], ["5", "--processes", "0"]])(
  "what it cannot run it says in a line: %j",
  async (...args) => {
    const fleet = spawn(script, args, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    fleet.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(fleet, "close")) as [number];
    expect(code).toBe(1);
    expect(said.trim().split("\n").at(-1)).toMatch(/^– .*takes/);
  },
);

/** The living processes of a session. */
function inSession(session: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
        const [state, , , itsSession] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return Number(itsSession) === session && state !== "Z";
      } catch {
        return false;
      }
    });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended in the meantime.
  }
}
