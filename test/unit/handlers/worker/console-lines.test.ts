import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forwardConsole } from "../../../../src/handlers/worker/console-lines.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

function forwarded(): { lines: string[]; write: (text: string) => Promise<void>; end: () => Promise<void> } {
  const [stream, lines] = [new PassThrough(), [] as string[]];
  forwardConsole(stream, (line) => lines.push(line));
  const write = async (text: string): Promise<void> => {
    stream.write(text);
    await turn();
  };
  const end = async (): Promise<void> => {
    stream.end();
    await turn();
  };
  return { lines, write, end };
}

test("lines come as they are complete, the last one at the end", async () => {
  const { lines, write, end } = forwarded();
  await write("one\ntw");
  expect(lines).toEqual(["one"]);
  await write("o\n\nthree");
  expect(lines).toEqual(["one", "two", ""]);
  await end();
  expect(lines).toEqual(["one", "two", "", "three"]);
});

test("the beginning of a long line is kept, in however many pieces it comes", async () => {
  const { lines, write } = forwarded();
  for (let piece = 0; piece < 5; piece++) await write("x".repeat(1000));
  await write("\nnext\n");
  expect(lines).toEqual(["x".repeat(2000), "next"]);
});

test("100 lines a second are given, the others are counted", async () => {
  const { lines, write } = forwarded();
  await write("line\n".repeat(250));
  expect(lines).toHaveLength(100);
  vi.advanceTimersByTime(1000);
  expect(lines.slice(100)).toEqual(["(150 lines left out)"]);
  await write("line\n".repeat(100));
  expect(lines).toHaveLength(201);
  vi.advanceTimersByTime(1000);
  expect(lines).toHaveLength(201);
});
