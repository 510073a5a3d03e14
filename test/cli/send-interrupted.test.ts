import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";
import { start, type Run } from "./support.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "central"]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

describe("130: interrupted during the wait", () => {
  test("queued messages stay queued, and the id is printed", async () => {
    const waiting = send("away", "ping", "--id", "queued");
    await untilStatus("queued", "away command.ping queued queued");
    waiting.interrupt();
    const { code, stdout, stderr } = await waiting.ended;
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 130, stdout: "" });
    expect(stderr).toBe(
      "steward: unknown node away (neverSeen); it is queued\n" +
        "away: queued\nqueued is still queued; see `steward status queued`, or wait with `steward wait queued`, or cancel it with `steward cancel queued`\n",
    );
    await untilStatus("queued", "away command.ping queued queued");
  });

  test("running messages continue, and the id is printed", async () => {
    const waiting = send("ship1", "exec", "--id", "goes-on", "--", "sh", "-c", "sleep 1; echo done");
    await untilStatus("goes-on", "started");
    waiting.interrupt();
    const { code, stderr } = await waiting.ended;
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr:
        "ship1: running (started, attempt 1)\ngoes-on is still running; see `steward status goes-on`, or wait with `steward wait goes-on`, or cancel it with `steward cancel goes-on`\n",
    });
    await untilStatus("goes-on", "\ndone\n");
  });

  test("with --json the output is still one document", async () => {
    const waiting = send("away", "ping", "--json", "--id", "as-json");
    await untilStatus("as-json", "queued");
    waiting.interrupt();
    const { code, stdout } = await waiting.ended;
    expect(code).toBe(130);
    expect(JSON.parse(stdout.toString())).toMatchObject({ id: "as-json", nodes: [{ node: "away", state: "queued" }] });
  });
});

test("130: --lines ends at once though its pipe stays open, and prints the blocks that were sent", async () => {
  const lines = send("central", "log", "--from", "pipe", "--id", "lines", "--lines", "-");
  lines.stdin.write("first\n");
  await untilStatus("lines-0", "succeeded");
  lines.interrupt();
  const { code, stderr } = await lines.ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: "1 block, lines-0: 1 succeeded\n" });
});

function send(...args: string[]): Run {
  return start(["send", ...args], { NATS_URL: fleet.server.url });
}

async function untilStatus(id: string, text: string): Promise<void> {
  await until(async () => (await fleet.steward(["status", id])).stdout.includes(text), 10_000, `${id}: ${text}`);
}
