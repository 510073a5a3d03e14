import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAck, type Ack, type Output } from "../../../src/protocol/ack.ts";
import { heldBytes } from "../../../src/protocol/ack-output.ts";
import { encodeAck } from "../../../src/protocol/encode-ack.ts";
import { address, message, text } from "./arbitraries.ts";

const limit = 64 * 1024;
/** The part of the limit that the payload can use, without the headers. */
const room = limit - 1024;

/** A text of up to some hundred KiB in JSON: short ones, repeated. */
const long = fc.tuple(text, fc.nat(8000)).map(([unit, times]) => unit.repeat(times).slice(0, 100_000));
const base64 = fc.nat(100_000).map((size) => Buffer.alloc(size, 7).toString("base64"));

const output: fc.Arbitrary<Output> = fc.oneof(
  fc.record({ stdout: long, stderr: long }),
  fc.record({ stdout: base64, stderr: base64, encoding: fc.constant("base64" as const) }),
);

const ack: fc.Arbitrary<Ack> = fc
  .record(
    {
      address,
      state: fc.constantFrom("succeeded" as const, "failed" as const),
      attempt: fc.nat(1000),
      instance: fc.constant("01M82JF3VTQ8F25WBPX7Y7S370"),
      output,
      error: fc.record({ code: fc.constant("handlerFailed"), message: long }),
      message: fc.tuple(message, long).map(([original, item]) => ({ ...original, data: [item] })),
    },
    { requiredKeys: ["address", "state", "attempt", "instance"] },
  )
  .map(({ address: of, ...rest }) => ({ ...of, ...rest }));

describe("with any output, error and message", () => {
  test("an ACK fits the payload, and has the state of its message", () => {
    fc.assert(
      fc.property(ack, (given) => {
        const bytes = encodeAck(given, limit);
        expect(bytes.length).toBeLessThanOrEqual(room);
        const { id, node, messageType, subject, state, attempt, instance, error } = given;
        expect(parseAck(bytes)).toMatchObject({ id, node, messageType, subject, state, attempt, instance });
        expect(parseAck(bytes)?.error?.code).toBe(error?.code);
      }),
    );
  });

  test("it keeps as much with a received original, however long that is", () => {
    const waste = fc.tuple(fc.constantFrom(" ", '"later": 1, ', '"more": "xxxxxxxx", '), fc.nat(8000));
    fc.assert(
      fc.property(ack, waste, (given, [unit, times]) => {
        const original = Buffer.from(JSON.stringify(given.message ?? {}).replace("{", `{${unit.repeat(times)}`));
        expect(parseAck(encodeAck(given, limit, original))).toEqual(parseAck(encodeAck(given, limit)));
      }),
    );
  });

  test("cut bytes are counted, and the beginning is kept", () => {
    fc.assert(
      fc.property(ack, (given) => {
        const kept = parseAck(encodeAck(given, limit))?.output;
        if (kept === undefined || given.output === undefined) return;
        for (const stream of ["stdout", "stderr"] as const) {
          const whole = heldBytes(given.output, stream)!;
          const bytes = heldBytes(kept, stream)!;
          expect(whole.subarray(0, bytes.length).equals(bytes)).toBe(true);
          expect(kept.truncated?.[stream]?.omitted ?? 0).toBe(whole.length - bytes.length);
        }
      }),
    );
  });
});

const small: Ack = {
  id: "a",
  node: "ship1",
  messageType: "command",
  subject: "exec",
  state: "failed",
  attempt: 1,
  instance: "b",
  output: { stdout: "out", stderr: "err", truncated: { stdout: { total: 10, omitted: 7 } } },
  error: { code: "exitCode", message: "exit code 1" },
  message: {
    id: "a",
    node: "ship1",
    messageType: "command",
    subject: "exec",
    data: ["false"],
    from: "me",
    createdAt: "2026-01-31T12:00:00Z",
  },
};

test("an ACK that fits stays unchanged", () => {
  expect(JSON.parse(encodeAck(small, limit).toString())).toEqual(small);
});

test("the received original is copied unchanged, unless something is before it", () => {
  const { message: original, ...rest } = small;
  const came = `{ "later": 1, ${JSON.stringify(original).slice(1)}\n`;
  const written = (bytes: string): string => encodeAck(small, limit, Buffer.from(bytes)).toString();
  expect(written(came)).toBe(`${JSON.stringify(rest).slice(0, -1)},"message":${came}}`);
  for (const before of [" ", "\uFEFF"]) expect(written(before + came)).toBe(JSON.stringify(small));
});

test("output is removed before the original, and the original before the error", () => {
  const big = "x".repeat(room);
  const withOutput = parseAck(encodeAck({ ...small, output: { stdout: big, stderr: "" } }, limit));
  expect(withOutput).toMatchObject({
    message: small.message,
    error: small.error,
    output: { stdout: "x".repeat(4096), truncated: { stdout: { total: room, omitted: room - 4096 } } },
  });
  const original = { ...small.message!, data: [big] };
  const withOriginal = parseAck(encodeAck({ ...small, message: original }, limit));
  expect(withOriginal).toMatchObject({
    error: small.error,
    output: { stdout: "", truncated: { stdout: { omitted: 10 } } },
  });
  expect(withOriginal?.message).toBeUndefined();
  const withReason = parseAck(encodeAck({ ...small, error: { code: "handlerFailed", message: big } }, limit));
  expect(withReason?.error).toEqual({ code: "handlerFailed", message: "x".repeat(1000) });
});
