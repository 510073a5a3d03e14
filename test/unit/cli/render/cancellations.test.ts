import { describe, expect, test } from "vitest";
import { cancelExitCode, cancellationLine } from "../../../../src/cli/render/cancellations.ts";
import type { Cancellation } from "../../../../src/operate/cancel-on-node.ts";
import type { Ack, FinalState } from "../../../../src/protocol/ack.ts";

const address = { node: "ship1", messageType: "command", subject: "exec", id: "a" } as const;
const at = "2026-01-31T12:00:00.000Z";

function ended(state: FinalState, before: boolean, cancelled?: Ack["cancelled"]): Cancellation {
  const ack: Ack = { ...address, state, attempt: 1, instance: "i", finishedAt: at, cancelled };
  return { kind: "ended", address, ack, before };
}

const undecided: Cancellation = { kind: "undecided", address, reason: "the broker did not confirm in time" };
const queued = { by: "anna", at, was: "queued" } as const;

test.each<[string, Cancellation, string]>([
  ["cancelled while queued", ended("cancelled", false, queued), `cancelled by anna at ${at}, while queued`],
  ["cancelled before", ended("cancelled", true, queued), `had already been cancelled by anna at ${at}, while queued`],
  ["ended before", ended("failed", true), `had already ended as failed at ${at}`],
  ["ended while it was cancelled", ended("succeeded", false), "ended as succeeded first"],
  ["not decided", undecided, "not decided: the broker did not confirm in time"],
])("%s", (_what, cancellation, line) => {
  expect(cancellationLine(cancellation)).toBe(`ship1 command.exec: ${line}`);
});

describe("the exit code", () => {
  const all = ended("cancelled", false, queued);
  test.each<[number, string, Cancellation[]]>([
    [0, "all are cancelled, by whomever", [all, ended("cancelled", true, queued)]],
    [1, "one had ended otherwise", [all, undecided, ended("succeeded", true)]],
    [3, "one is not decided", [all, undecided]],
  ])("%i: %s", (code, _what, cancellations) => {
    expect(cancelExitCode(cancellations)).toBe(code);
  });
});
