import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { impactOf, type Impact } from "../../src/cli/command.ts";
import { commands } from "../../src/cli/commands/index.ts";
import { parseCommandLine } from "../../src/cli/parse.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { acting, before, reading, words } from "./command-lines.ts";
import { run, start } from "./support.ts";

/** The user `reader` may send all requests that read, but none that store, change a stream or control a daemon. */
const rights = `
  authorization { users: [
    { user: writer, password: x }
    { user: reader, password: x, permissions: { publish: [
      "$JS.API.INFO", "$JS.API.STREAM.INFO.>", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST",
      "$JS.API.STREAM.MSG.GET.>", "$JS.API.DIRECT.GET.>", "$JS.API.CONSUMER.>", "$JS.FC.>",
      "steward.*.control.status", "steward.*.control.lanes", "steward.*.control.output"
    ] } }
  ] }
  no_auth_user: writer
`;

const all = await Promise.all(Object.values(commands).map((load) => load()));
const loaded = Object.fromEntries(all.map((command) => [command.name, command]));

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1"], { extraConfig: rights });
  for (const line of before) await fleet.steward(words(line));
}, 60_000);
afterAll(() => fleet[Symbol.asyncDispose]());

/** `doctor` checks the rights to write. Its own test shows that it leaves nothing behind. */
const lines = [...Object.values(reading), ...Object.values(acting)].flat().filter(({ line }) => line !== "doctor");
const read = lines.filter(({ line }) => impactOfLine(line) === "reads");
const sent = lines.filter(({ line }) => impactOfLine(line) === "writes" && /^(?:send|replay|lanes) /.test(line));

function impactOfLine(line: string): Impact {
  const { command, parsed } = parseCommandLine(words(line));
  return impactOf(loaded[command.name]!, parsed);
}

test("each command says whether it reads or writes, and if it does both, when it only reads", () => {
  for (const { name, impact, onlyReads, onlyReadsWhen } of Object.values(loaded)) {
    expect(["reads", "writes"]).toContain(impact);
    expect([name, onlyReadsWhen === undefined]).toEqual([name, onlyReads === undefined]);
    expect([name, impact === "writes" || onlyReads === undefined]).toEqual([name, true]);
  }
});

test("every command that reads, always or sometimes, is listed below", () => {
  const reads = Object.values(loaded).filter(({ impact, onlyReads }) => impact === "reads" || onlyReads !== undefined);
  const tried = [...read.map(({ line }) => line.split(" ")[0] ?? ""), "doctor", "watch"];
  expect([...new Set(tried)].toSorted()).toEqual(reads.map(({ name }) => name).toSorted());
});

describe.concurrent("with read-only rights", () => {
  test.each(read)("steward $line reads as usual", async ({ line, code = 0, textCode = code }) => {
    const ended = await asReader(line);
    expect(ended).toEqual({ code: textCode, stderr: expect.not.stringContaining("ermission") as unknown });
  });

  test("steward watch, which has no end, watches", async () => {
    const watching = start(["watch"], { NATS_URL: fleet.server.url.replace("//", "//reader:x@") });
    await watching.hasSaid("watching");
    watching.interrupt();
    expect(await watching.ended).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining("ermission") as unknown,
    });
  });

  test.each(sent)("steward $line is refused", async ({ line }) => {
    const { code, stderr } = await asReader(line);
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringMatching(/ermission/) as unknown });
  });
});

test("a user who may not write cannot retire a node, and reads why", async () => {
  await fleet.steward(["send", "lost", "ping", "--no-wait"]);
  const { code, stderr } = await asReader("nodes forget lost --yes");
  expect(stderr).toMatch(/the broker refused to store the presence of lost: .*ermission.*\(brokerRefused\)/);
  expect(code).toBe(4);
});

async function asReader(line: string): Promise<{ code: number | null; stderr: string }> {
  const { code, stderr } = await run(words(line), { NATS_URL: fleet.server.url.replace("//", "//reader:x@") });
  return { code, stderr };
}
