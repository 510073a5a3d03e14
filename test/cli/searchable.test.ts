import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startServer, type TestServer } from "../support/nats-server.ts";
import { run } from "./support.ts";

/** Without a name the user is a guest, so that the test's own support can connect. */
const users = "authorization { users: [{ user: guest, password: guest }] }\nno_auth_user: guest";

let fleet: Fleet;
let locked: TestServer;
let wrongFile: string;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2"]);
  locked = await startServer({ extraConfig: users });
  await fleet.nodes["ship2"]!.kill("SIGTERM");
  wrongFile = join(fleet.nodes["ship1"]!.dataDir, "wrong.yaml");
  await writeFile(wrongFile, "acept: []\n");
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await locked.stop();
});

const large = Array.from({ length: 3 }, () => "x".repeat(100_000));

test.each<[phrase: string, code: string, args: (() => string[]) | string[]]>([
  ["unknown command", "usage", ["frobnicate"]],
  ["unknown option", "usage", ["nodes", "--bogus"]],
  ["unknown key", "badSettings", () => ["config", "validate", wrongFile]],
  ["no matching node", "noMatch", ["send", "x*", "ping"]],
  ["node down", "nodeDown", ["lanes", "ship2", "pause", "command.exec"]],
  ["timed out", "", ["send", "ship1", "exec", "--timeout", "100ms", "--", "sleep", "5"]],
  ["not authorised", "brokerRefused", () => ["nodes", "--server", locked.url, "--user", "anna", "--password", "guess"]],
  ["already running", "nodeTaken", () => ["node", "ship1", "--data-dir", fleet.nodes["ship2"]!.dataDir]],
  ["not found", "notFound", ["status", "nosuch"]],
  ["too large", "tooLarge", ["send", "ship1", "exec", "--", ...large]],
])("an error contains the words to search for: %s", async (phrase, code, args) => {
  const ended = await run(typeof args === "function" ? args() : args, { NATS_URL: fleet.server.url });
  expect(ended.code).not.toBe(0);
  expect(ended.stdout.toString() + ended.stderr).toContain(phrase);
  expect(ended.stderr).toContain(code === "" ? "" : `(${code})`);
});
