import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type TestNode } from "../support/steward.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/handlers.md"), "utf8");
const [, file = "", code = ""] = /`(handlers\/[\w.]+)`:\n\n```js\n([^]*?)^```/m.exec(page) ?? [];
const [, session = ""] = /^```console\n([^]*?)^```/m.exec(page) ?? [];
const [start = "", ...sends] = session.split(/^\$ steward /m).slice(1);

let fleet: Fleet;
let folder: string;
let ship1: TestNode;
beforeAll(async () => {
  fleet = await startFleet();
  folder = await mkdtemp(join(tmpdir(), "steward-page-"));
  await mkdir(join(folder, "handlers"));
  await writeFile(join(folder, file), code);
  const [, name = "", ...options] = start.trim().split(" ");
  const inFolder = options.map((option) => (option === "handlers" ? join(folder, option) : option));
  ship1 = await startNode(fleet.server.url, name, inFolder);
});
afterAll(async () => {
  await ship1[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test.for(sends)("the documentation of handlers: steward %s", async (send) => {
  const [command = "", ...lines] = send.trimEnd().split("\n");
  const { stdout, stderr } = await fleet.steward(command.split(" "));
  expect((stdout + stderr).trimEnd().replace(/^[0-9a-f]{64}/, "…")).toBe(lines.join("\n"));
});

test("it shows a success, a failure and a rejection", () => {
  expect(sends).toHaveLength(3);
});
