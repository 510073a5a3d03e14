import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readStates } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { program } from "../support/steward.ts";
import { onTerminal } from "../support/terminal.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1"]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

const steward = `${process.execPath} ${program}`;

test("0: --watch draws the table again at each change, and leaves the last one at Ctrl-C", async () => {
  const watching = spawn(
    "script",
    // With `exec`, because otherwise the shell would be interrupted too, and its exit code used.
    ["--quiet", "--return", "--flush", "--command", `exec ${steward} nodes -w`, "/dev/null"],
    {
      env: { ...process.env, SHELL: "/bin/sh", TERM: "xterm", NATS_URL: fleet.server.url },
    },
  );
  let shown = "";
  watching.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString()));
  await until(() => shown.includes("ship1  up"));
  await fleet.steward(["send", "ship1", "ping"]);
  await until(() => shown.includes("command.ping succeeded"));
  watching.stdin.write("\u0003");
  const [code] = (await once(watching, "close")) as [number | null];
  expect(code).toBe(0);
  // From the last line to the first, and all below is cleared.
  expect(shown).toContain("\u001B[1A\r\u001B[J");
  expect(shown.endsWith("\n")).toBe(true);
});

test("forget asks, and does nothing unless the answer is yes", async () => {
  await fleet.steward(["send", "away", "ping", "--id", "asked", "--no-wait"]);
  const env = { NATS_URL: fleet.server.url };
  const no = await onTerminal(`${steward} nodes forget away`, env, "n\r");
  expect(no.shown).toContain("forget away? 1 queued message will be cancelled. [y/N]");
  expect(no).toMatchObject({ code: 1, shown: expect.stringContaining("nothing was changed") as unknown });
  expect(await readStates(fleet.nc, "asked")).toEqual([]);
  const yes = await onTerminal(`${steward} nodes forget away`, env, "y\r");
  expect(yes).toMatchObject({ code: 0, shown: expect.stringContaining("1 message cancelled") as unknown });
  expect(await readStates(fleet.nc, "asked")).toEqual(["cancelled 0"]);
});
