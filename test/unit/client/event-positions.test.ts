import { expect, test } from "vitest";
import { EventPositions } from "../../../src/client/event-positions.ts";
import type { LiveEvent } from "../../../src/follow/live-event.ts";
import type { Address } from "../../../src/protocol/subjects.ts";

const on = (node: string): Address => ({ node, messageType: "command", subject: "exec", id: "m" });
const [ship1, ship2, ship3] = [on("ship1"), on("ship2"), on("ship3")];
const output = (address: Address, offset: number, text: string, attempt = 1): LiveEvent => ({
  kind: "output",
  address,
  attempt,
  stream: "stdout",
  offset,
  bytes: Buffer.from(text),
});

test("a cursor says of each node how far it was read", () => {
  const positions = new EventPositions([ship1, ship2, ship3]);
  positions.advance({ kind: "attempt", address: ship1, attempt: 1, after: undefined });
  positions.advance(output(ship1, 0, "one\n"));
  positions.advance({ kind: "gap", address: ship1, attempt: 1, stream: "stderr", from: 0, to: 9 });
  const cursor = positions.advance({ kind: "retrying", address: ship2, attempt: 2, error: undefined })();
  const resumed = new EventPositions([ship3, ship2, ship1], cursor);
  expect(resumed.of(ship1)).toEqual({ attempt: 1, output: { stdout: 4, stderr: 9 } });
  expect(resumed.of(ship2)).toEqual({ attempt: 2, output: undefined });
  expect(resumed.of(ship3)).toBeUndefined();
  expect([ship1, ship2, ship3].map((address) => resumed.hasEnded(address))).toEqual([false, false, false]);
});

test("a cursor that is made later is still that of its event", () => {
  const positions = new EventPositions([ship1]);
  const first = positions.advance(output(ship1, 0, "a"));
  const second = positions.advance(output(ship1, 1, "b"));
  positions.advance({
    kind: "ended",
    address: ship1,
    attempt: 1,
    ack: { ...ship1, state: "succeeded", attempt: 1, instance: "i" },
  });
  expect(new EventPositions([ship1], first()).of(ship1)).toEqual({ attempt: 1, output: { stdout: 1, stderr: 0 } });
  expect(new EventPositions([ship1], second()).of(ship1)).toEqual({ attempt: 1, output: { stdout: 2, stderr: 0 } });
});

test("what has ended is not followed again", () => {
  const positions = new EventPositions([ship1, ship2]);
  const ack = { ...ship1, state: "rejected", attempt: 0, instance: "i" } as const;
  const cursor = positions.advance({ kind: "ended", address: ship1, attempt: 0, ack })();
  const resumed = new EventPositions([ship1, ship2], cursor);
  expect([resumed.hasEnded(ship1), resumed.hasEnded(ship2)]).toEqual([true, false]);
});

test("the output of a next attempt begins at 0 again", () => {
  const positions = new EventPositions([ship1]);
  positions.advance(output(ship1, 0, "abc"));
  const cursor = positions.advance({ kind: "attempt", address: ship1, attempt: 2, after: undefined })();
  expect(new EventPositions([ship1], cursor).of(ship1)).toEqual({ attempt: 2, output: { stdout: 0, stderr: 0 } });
});

test.each([
  "",
  "x",
  Buffer.from('{"ship1.command.exec":[1,2]}').toString("base64url"),
  Buffer.from("5").toString("base64url"),
])("%j is not a cursor", (text) => {
  expect(() => new EventPositions([ship1], text)).toThrow(expect.objectContaining({ code: "usage" }));
});
