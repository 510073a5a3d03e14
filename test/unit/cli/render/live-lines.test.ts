import fc from "fast-check";
import { expect, test } from "vitest";
import {
  liveJson,
  liveLines,
  type LiveOut,
  type LiveView,
  type ShownEvent,
} from "../../../../src/cli/render/live-lines.ts";
import type { OutputStream } from "../../../../src/protocol/ack.ts";

const ship1 = { node: "ship1", messageType: "command", subject: "exec", id: "a" } as const;
const ship2 = { ...ship1, node: "ship2" };

const asLines = (out: LiveOut): LiveView => liveLines(out, ({ node }) => node);

function shown(make: (out: LiveOut) => LiveView) {
  const bytes: Record<OutputStream, Buffer[]> = { stdout: [], stderr: [] };
  const view = make({
    stdout: (given) => void bytes.stdout.push(given),
    stderr: (given) => void bytes.stderr.push(given),
  });
  return {
    view,
    bytes: (stream: OutputStream) => Buffer.concat(bytes[stream]),
    stdout: () => Buffer.concat(bytes.stdout).toString(),
    stderr: () => Buffer.concat(bytes.stderr).toString(),
  };
}

function output(
  address: typeof ship1 | typeof ship2,
  text: Buffer | string,
  offset = 0,
  stream: OutputStream = "stdout",
): ShownEvent {
  return { kind: "output", address, attempt: 1, stream, offset, bytes: Buffer.from(text) };
}

test("each line comes after its node's name, and lines of nodes do not mix", () => {
  const { view, stdout, stderr } = shown(asLines);
  void view.take(output(ship1, "one\ntw"));
  void view.take(output(ship2, "eins\n"));
  void view.take(output(ship1, "odd\n", 0, "stderr"));
  void view.take(output(ship1, "o\n\n", 6));
  expect(stdout()).toBe("ship1: one\nship2: eins\nship1: two\nship1: \n");
  expect(stderr()).toBe("ship1: odd\n");
});

test("a last line without a line feed is shown when its message has ended, or the reader leaves", () => {
  const { view, stdout } = shown(asLines);
  void view.take(output(ship1, "par"));
  void view.take(output(ship2, "more"));
  void view.take({ kind: "ended", address: ship1, attempt: 1 });
  expect(stdout()).toBe("ship1: par\n");
  view.end();
  expect(stdout()).toBe("ship1: par\nship2: more\n");
});

test("missing output is reported at its place, and so is the next attempt", () => {
  const { view, stdout, stderr } = shown(asLines);
  void view.take(output(ship1, "be"));
  void view.take({ kind: "gap", address: ship1, attempt: 1, stream: "stdout", from: 2, to: 12_347 });
  void view.take(output(ship1, "fore\n", 12_347));
  void view.take({ kind: "cut", address: ship1, attempt: 1 });
  void view.take({ kind: "started", address: ship1, attempt: 2, after: { code: "exitCode", message: "exit\ncode 1" } });
  expect(stdout()).toBe("ship1: be\nship1: fore\n");
  expect(stderr()).toBe(
    "ship1: 12,345 bytes of stdout are missing here\n" +
      "ship1: the last output of attempt 1 may be missing here\n" +
      "ship1: attempt 2 starts, after: exit; code 1\n",
  );
});

test("bytes that are not UTF-8 stay unchanged", () => {
  const { view, bytes } = shown(asLines);
  void view.take(output(ship1, Buffer.from([0xff, 0x0a, 0xc3])));
  view.end();
  expect(bytes("stdout")).toEqual(
    Buffer.concat([Buffer.from("ship1: \xff\n", "latin1"), Buffer.from("ship1: \xc3\n", "latin1")]),
  );
});

test("a line without an end is shown in pieces", () => {
  const { view, stdout } = shown(asLines);
  for (let at = 0; at < 300; at++) void view.take(output(ship1, "x".repeat(1024), at * 1024));
  view.end();
  const lines = stdout().trimEnd().split("\n");
  expect(lines).toHaveLength(2);
  expect(lines.join("").replaceAll("ship1: ", "")).toBe("x".repeat(300 * 1024));
});

test("another name can be shown", () => {
  const { view, stdout } = shown((out) => liveLines(out, ({ node, subject }) => `${node} ${subject}`));
  void view.take(output(ship1, "one\n"));
  expect(stdout()).toBe("ship1 exec: one\n");
});

test("for programs each piece is a JSON line with its place", () => {
  const { view, stdout } = shown(liveJson);
  void view.take(output(ship1, "grü".slice(0, 2)));
  void view.take(output(ship1, Buffer.from("ü").subarray(0, 1), 2));
  void view.take(output(ship1, Buffer.from("ü").subarray(1), 3));
  void view.take(output(ship1, Buffer.from([0xff]), 4));
  void view.take({ kind: "gap", address: ship1, attempt: 1, stream: "stdout", from: 5, to: 9 });
  const place = { ...ship1, attempt: 1, stream: "stdout" };
  expect(
    stdout()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { kind: "output", ...place, offset: 0, text: "gr" },
    { kind: "output", ...place, offset: 2, text: "ü" },
    { kind: "output", ...place, offset: 4, base64: "/w==" },
    { kind: "gap", ...place, from: 5, to: 9 },
  ]);
});

test("however a text is cut, its pieces are text, each at its place, and complete", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (written, lengths) => {
      const { view, stdout } = shown(liveJson);
      const bytes = Buffer.from(written);
      for (let [at, turn] = [0, 0]; at < bytes.length; turn++) {
        const length = lengths[turn % lengths.length]!;
        void view.take(output(ship1, bytes.subarray(at, at + length), at));
        at += length;
      }
      view.end();
      let next = 0;
      for (const line of stdout().trimEnd().split("\n")) {
        const { offset, text: piece } = JSON.parse(line) as { offset: number; text: string };
        expect(offset).toBe(next);
        expect(piece).toBe(bytes.subarray(next, next + Buffer.byteLength(piece)).toString());
        next += Buffer.byteLength(piece);
      }
      expect(next).toBe(bytes.length);
    }),
  );
});
