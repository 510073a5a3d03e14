import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { program } from "../support/steward.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1"]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

test.each([
  ["--help", 0, /^steward <command>/],
  ["nodes", 0, /ship1 +up/],
  ["send ship1 ping", 0, /^pong\n$/],
  ["config show", 0, /server/],
  ["completion bash", 0, /_steward/],
  ["send --file here", 2, /here cannot be read/],
  ["config validate here", 2, /here/],
])("W3: in a deleted folder, steward %s", async (line, code, shown) => {
  const script = `cd "$(mktemp -d)" && rmdir "$PWD" && exec "$0" "$@"`;
  const child = spawn("sh", ["-c", script, process.execPath, program, ...line.split(" ")], {
    env: { ...process.env, NATS_URL: fleet.server.url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [got] = (await once(child, "close")) as [number | null];
  expect({ got, said }).toEqual({ got: code, said: expect.stringMatching(shown) as unknown });
  expect(said).not.toContain("a bug in steward");
});
