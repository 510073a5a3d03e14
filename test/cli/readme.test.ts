import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ack } from "../../src/protocol/ack.ts";
import { blocks, examples, isMissing, runExample, startShell, type Shell } from "../support/console-examples.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

const [readme, tour, messages] = ["README.md", "docs/tour.md", "docs/messages.md"].map((path) =>
  readFileSync(join(import.meta.dirname, "../..", path), "utf8"),
) as [string, string, string];

describe.each([
  { name: "the quick start of the README", page: readme },
  { name: "docs/tour.md", page: tour },
])("$name", ({ page }) => {
  let home: string;
  let shell: Shell;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "steward-readme-"));
    shell = await startShell(home);
  });
  afterAll(async () => {
    await shell.end();
    rmSync(home, { recursive: true });
  });

  test.for(examples(page))("$command", async (example, context) => {
    context.skip(example.command.startsWith("nats ") && isMissing("nats"), "the nats CLI is not here");
    expect(await runExample(shell, example)).toMatch(example.expected);
  });
});

describe("messages from files", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(["central", "ship1", "ship2"]);
  });
  afterAll(() => fleet[Symbol.asyncDispose]());

  const pastes = [...blocks(messages, "json"), ...blocks(messages, "yaml"), ...blocks(readme, "json")];
  test.for([
    { paste: pastes[0]!, nodes: ["ship1"] },
    { paste: pastes[1]!, nodes: ["ship1", "ship2"] },
    { paste: pastes[2]!, nodes: ["central"] },
    { paste: pastes[3]!, nodes: ["central", "central", "ship1", "ship2"] },
    { paste: pastes[4]!, nodes: ["ship1"] },
  ])("a paste for $nodes", async ({ paste, nodes }) => {
    const before = (await finalAcks()).length;
    await appendFile(join(fleet.nodes["ship1"]!.dataDir, "inmsg.txt"), paste);
    await until(async () => (await finalAcks()).length === before + nodes.length);
    const acks = (await finalAcks()).slice(before);
    expect(acks.map(({ node }) => node).toSorted()).toEqual(nodes);
    expect(acks.map(({ state }) => state)).toEqual(nodes.map(() => "succeeded"));
  });

  async function finalAcks(): Promise<Ack[]> {
    const { stdout } = await fleet.steward(["log", "--json"]);
    const acks = stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Ack);
    return acks.filter(({ state }) => state !== "started");
  }
});
