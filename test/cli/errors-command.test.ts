import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { outputSchemas } from "../../src/cli/output-schemas.ts";
import { finalStates } from "../../src/protocol/ack.ts";
import { ackByHand, holdByHand, storeByHand } from "../support/by-hand.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startLink } from "../support/link.ts";
import { onTerminal } from "../support/terminal.ts";
import { program } from "../support/steward.ts";
import { start } from "./support.ts";

const exitCode = { code: "exitCode", message: "exit code 1" };
const hold = { since: "2026-01-31T12:00:00.000Z", by: "kernel", reason: "m failed\nbadly" } as const;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
  for (const state of ["started", "retrying", ...finalStates] as const) {
    await storeByHand(fleet.nc, [ackByHand({ id: state, state, ...(state === "failed" && { error: exitCode }) })]);
  }
  await storeByHand(fleet.nc, [
    ackByHand({ id: "other", node: "old2", subject: "shell", state: "failed", error: exitCode }),
  ]);
  await holdByHand(fleet.nc, "ship1", "command.exec", { state: "quarantined", ...hold });
  await holdByHand(fleet.nc, "ship1", "command.shell", { state: "paused", ...hold });
});
afterAll(() => fleet[Symbol.asyncDispose]());

test("messages that did not succeed, newest last, with the next command, and the quarantined lanes", async () => {
  const { code, stdout, stderr } = await fleet.steward(["errors"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(plain(stdout)).toMatchInlineSnapshot(`
    "TIME ship1 command.exec failed failed 5ms (exitCode) exit code 1; see \`steward status failed --node ship1\`
    TIME ship1 command.exec rejected rejected 5ms; see \`steward status rejected --node ship1\`
    TIME ship1 command.exec expired expired 5ms; see \`steward status expired --node ship1\`
    TIME ship1 command.exec interrupted interrupted 5ms; see \`steward status interrupted --node ship1\`
    TIME old2 command.shell other failed 5ms (exitCode) exit code 1; see \`steward status other --node old2\`
    TIME ship1 command.exec quarantined by kernel: m failed; badly; see \`steward lanes ship1\`
    "
  `);
});

test.each([
  ["--limit 1", ["other", "command.exec"]],
  ["--node old*", ["other"]],
  ["--node ship1 --limit 2", ["expired", "interrupted", "command.exec"]],
  ["--subject exec --since 1h", ["failed", "rejected", "expired", "interrupted", "command.exec"]],
  ["--subject shell", ["other"]],
  ["--type event", []],
  ["--since 0s", ["command.exec"]],
] as const)("only %s, in JSON lines", async (line, expected) => {
  const { stdout } = await fleet.steward(["errors", "--json", ...line.split(" ")]);
  const values = stdout
    .split("\n")
    .filter(Boolean)
    .map((text): unknown => JSON.parse(text));
  const troubles = values.map((value) => v.parse(outputSchemas["errors-line"]!, value));
  expect(troubles).toEqual(values);
  expect((troubles as { id?: string; lane?: string }[]).map(({ id, lane }) => id ?? lane)).toEqual(expected);
});

test("the default limit is 20; with --since there is none", async () => {
  const many = Array.from({ length: 30 }, (_, at) => ackByHand({ id: `n${at}`, node: "many", state: "failed" }));
  for (const ack of many) await storeByHand(fleet.nc, [ack]);
  const count = async (...args: string[]): Promise<number> =>
    (await fleet.steward(["errors", "--node", "many", ...args])).stdout.split("\n").length - 1;
  expect([await count(), await count("--limit", "25"), await count("--since", "1h")]).toEqual([20, 25, 30]);
});

test("on a terminal the error is cut, but not the next command", async () => {
  const error = { code: "handlerFailed", message: "y".repeat(300) };
  await storeByHand(fleet.nc, [ackByHand({ id: "long", node: "ship7", state: "failed", error })]);
  const command = `stty cols 130; ${process.execPath} ${program} errors --node ship7`;
  const { shown } = await onTerminal(command, { NATS_URL: fleet.server.url });
  const [line = ""] = shown.split("\r\n");
  expect(line).toHaveLength(130);
  expect(line.endsWith("y…; see `steward status long --node ship7`")).toBe(true);
});

test("--follow: new failures of messages and lanes, also after a lost connection", async () => {
  await using link = await startLink([fleet.server.url]);
  const following = start(["errors", "--follow", "--node", "far*"], { NATS_URL: link.url });
  await storeByHand(fleet.nc, [ackByHand({ id: "f1", node: "far1", state: "failed" })]);
  await following.hasSaid("f1 failed");
  await holdByHand(fleet.nc, "far1", "command.exec", { state: "quarantined", ...hold });
  await following.hasSaid("far1 command.exec quarantined by kernel: m failed; badly; see `steward lanes far1`");
  link.drop();
  await storeByHand(fleet.nc, [
    ackByHand({ id: "f2", node: "far2" }),
    ackByHand({ id: "f3", node: "far2", state: "expired" }),
  ]);
  await following.hasSaid("f3 expired");
  following.interrupt();
  const { code, stdout } = await following.ended;
  expect({ code, lines: stdout.toString().trim().split("\n").length }).toEqual({ code: 0, lines: 3 });
});

function plain(text: string): string {
  return text.replaceAll(/\d{4}-\S+Z/g, "TIME");
}

test("an empty log has no errors", async () => {
  await using empty = await startFleet();
  const said = async (...words: string[]) => empty.steward(words);
  const failures = "no failures and no quarantined lanes\n";
  expect(await said("errors")).toMatchObject({ code: 0, stdout: "", stderr: failures });
  const entries = "no matching entries in the log\n";
  expect(await said("log", "-n", "5")).toMatchObject({ code: 0, stdout: "", stderr: entries });
  expect(await said("log", "--id", "nope")).toMatchObject({ code: 0, stdout: "", stderr: entries });
  for (const command of ["errors", "log"])
    expect(await said(command, "--json")).toMatchObject({ code: 0, stdout: "", stderr: "" });
});
