import { expect, test } from "vitest";
import { queuedJson } from "../../../../src/cli/render/queue.ts";

const queued = {
  address: { node: "ship1", messageType: "command", subject: "exec", id: "a" },
  sequence: 1,
  storedAt: Date.parse("2026-01-31T12:00:00Z"),
  ack: undefined,
  message: undefined,
  state: "waiting",
  hold: undefined,
} as const;

test.each([
  [undefined, undefined],
  [Date.parse("2026-02-01T12:00:00Z"), "2026-02-01T12:00:00.000Z"],
  // A sender may write this: 300,000 years from now is beyond JavaScript dates and RFC 3339.
  [queued.storedAt + 8.64e15, undefined],
  [Date.parse("+010000-01-01T00:00:00Z"), undefined],
])("an expiry at %s is shown as %s, and does not hide other messages", (expiresAt, shown) => {
  expect(queuedJson({ ...queued, expiresAt })).toMatchObject({ id: "a", expiresAt: shown });
});
