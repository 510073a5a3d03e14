import { describe, expect, test } from "vitest";
import { countsOf, exitCodeFor, messageJson, messagesText } from "../../../../src/cli/render/outcomes.ts";
import type { Ack, Output } from "../../../../src/protocol/ack.ts";
import { outcomeOf, summarise, type Outcome } from "../../../../src/send/outcome.ts";

describe("one node: its output unchanged", () => {
  test("nothing is added to the output of a success", () => {
    expect(shown({ a: [succeeded("ship1", { stdout: "out\n", stderr: "warning" })] })).toEqual({
      stdout: "out\n",
      stderr: "warning",
    });
  });

  test("a failure is reported after the run's stderr, on its own line", () => {
    expect(shown({ a: [failed("ship1", { stdout: "out", stderr: "no\nend" })] })).toEqual({
      stdout: "out",
      stderr: "no\nend\nship1: failed: exit code 1\n",
    });
  });

  test("bytes that are not UTF-8 stay unchanged", () => {
    const bytes = Buffer.from([0xff, 0x00, 0x0a, 0xfe]);
    const output = { stdout: bytes.toString("base64"), stderr: "", encoding: "base64" } as const;
    expect(messagesText(byId({ a: [succeeded("ship1", output)] })).stdout).toEqual(bytes);
  });

  test("a gap in the output is reported", () => {
    const output = { stdout: "", stderr: "", truncated: { stdout: { total: 200, omitted: 10 } } };
    expect(shown({ a: [succeeded("ship1", output)] }).stderr).toBe("ship1: stdout: 10 of 200 bytes are left out\n");
  });

  test("a pending message is reported with its id", () => {
    expect(shown({ a: [queued("ship1")] }).stderr).toBe(
      "ship1: queued\na is still queued; see `steward status a`, or wait with `steward wait a`\n",
    );
    expect(shown({ a: [retrying("ship1")] }).stderr).toBe(
      "ship1: retrying (attempt 1: exit code 1)\na will be retried; see `steward status a`, or wait with `steward wait a`\n",
    );
    expect(shown({ a: [started("ship1"), retrying("ship2")] }).stderr).toMatch(
      /^a: 1 running, 1 retrying\na is still running;/,
    );
    expect(shown({ a: [started("ship1"), queued("ship2")] }).stderr).toMatch(/\na has not ended everywhere;/);
    expect(shown({ a: [started("ship1")] }).stderr).toBe(
      "ship1: running (started, attempt 2)\na is still running; see `steward status a`, or wait with `steward wait a`\n",
    );
  });
});

describe("several nodes: output under their names", () => {
  test("equal ones are shown once, failures come first, and the summary goes to stderr", () => {
    const outcomes = [
      succeeded("ship1", { stdout: "one\n\ntwo\n", stderr: "" }),
      failed("ship2", { stdout: "", stderr: "bad\n" }),
      succeeded("ship3", { stdout: "one\n\ntwo\n", stderr: "" }),
      succeeded("ship4", { stdout: "other", stderr: "more" }),
      queued("ship5"),
    ];
    const { stdout, stderr } = shown({ a: outcomes });
    expect(stdout).toMatchInlineSnapshot(`
      "ship2: failed: exit code 1
        bad
      ship5: queued
      ship1, ship3: succeeded
        one

        two
      ship4: succeeded
        other
        more
      "
    `);
    expect(stderr).toMatchInlineSnapshot(`
      "a: 3 succeeded, 1 failed, 1 queued
      a is still queued; see \`steward status a\`, or wait with \`steward wait a\`
      "
    `);
  });

  test("bytes that are not UTF-8 stay unchanged, and different ones are not taken for equal", () => {
    const of = (...bytes: number[]): Output => {
      return { stdout: Buffer.from(bytes).toString("base64"), stderr: "", encoding: "base64" };
    };
    const outcomes = [succeeded("a", of(0xff)), succeeded("b", of(0xfe)), succeeded("c", of(0xff, 0x0d, 0x61))];
    expect(messagesText(byId({ x: outcomes })).stdout).toEqual(
      Buffer.from("a: succeeded\n  \xff\nb: succeeded\n  \xfe\nc: succeeded\n  \xff\xef\xbf\xbda\n", "latin1"),
    );
  });
});

test("several messages: each has its id and lane above its nodes", () => {
  const second = { ...succeeded("ship1", { stdout: "out\n", stderr: "" }) };
  const messages = { a: [failed("ship1"), succeeded("ship2")], b: [second] };
  const { stdout, stderr } = shown(messages);
  expect(stdout).toMatchInlineSnapshot(`
    "a command.exec
    ship1: failed: exit code 1
    ship2: succeeded
    b command.exec
    ship1: succeeded
      out
    "
  `);
  expect(stderr).toBe("2 messages: 2 succeeded, 1 failed\n");
});

test("a failure counts more than a pending message, and that more than success", () => {
  const codes = [[succeeded("a")], [succeeded("a"), queued("b")], [queued("a"), failed("b"), succeeded("c")]];
  expect(codes.map((outcomes) => exitCodeFor(summarise(outcomes)))).toEqual([0, 3, 1]);
  for (const state of ["failed", "rejected", "expired", "cancelled", "interrupted"] as const) {
    expect(exitCodeFor(summarise([{ ...failed("a"), ack: ackOf("a", { state }) }, started("b")]))).toBe(1);
  }
});

test("a summary counts each state", () => {
  const outcomes = [
    succeeded("a"),
    failed("b"),
    queued("c"),
    started("d"),
    retrying("e"),
    { ...queued("f"), standing: "expired" },
  ] as const;
  expect(countsOf(summarise(outcomes), outcomes)).toBe(
    "1 succeeded, 1 failed, 1 expired, 1 queued, 1 running, 1 retrying",
  );
});

test("JSON has each node's ACK, or the standing of its message", () => {
  const ok = succeeded("ship1");
  expect(messageJson("a", [ok, queued("ship2")])).toEqual({
    id: "a",
    nodes: [ok.ack, { id: "a", node: "ship2", messageType: "command", subject: "exec", state: "queued" }],
    summary: { succeeded: 1, failed: 0, pending: 1 },
  });
});

function ackOf(node: string, parts: Partial<Ack>): Ack {
  const common = { id: "a", messageType: "command", subject: "exec", attempt: 1, instance: "i" } as const;
  return { ...common, node, state: "succeeded", ...parts };
}

function outcome(node: string, ack?: Partial<Ack>): Outcome {
  const address = { node, messageType: "command", subject: "exec", id: "a" } as const;
  return outcomeOf(address, ack && ackOf(node, ack));
}

const none = { stdout: "", stderr: "" };
const succeeded = (node: string, output: Output = none): Outcome => outcome(node, { output });
const failed = (node: string, output: Output = none): Outcome =>
  outcome(node, { state: "failed", output, error: { code: "exitCode", message: "exit code 1" } });
const queued = (node: string): Outcome => outcome(node);
const retrying = (node: string): Outcome =>
  outcome(node, { state: "retrying", error: { code: "exitCode", message: "exit code 1" } });
const started = (node: string): Outcome => outcome(node, { state: "started", attempt: 2 });

function byId(messages: Readonly<Record<string, readonly Outcome[]>>): Map<string, readonly Outcome[]> {
  return new Map(Object.entries(messages));
}

function shown(messages: Readonly<Record<string, readonly Outcome[]>>): { stdout: string; stderr: string } {
  const { stdout, stderr } = messagesText(byId(messages));
  return { stdout: stdout.toString(), stderr: stderr.toString() };
}
