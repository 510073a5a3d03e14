import { expect, test, vi } from "vitest";
import { scripted } from "./support.ts";

const refuse = (): never => {
  throw new Error("refused");
};

const thrown = new Map<string, unknown>([
  ["undefined", undefined],
  ["null", null],
  ["a string", "plain"],
  ["a number", 0],
  ["a symbol", Symbol("odd")],
  ["a bigint", 1n],
  ["an object without a prototype", { __proto__: null }],
  ["an object that refuses to be a text", { toString: refuse }],
  ["an error without a message", new TypeError()],
  ["an error whose message is no string", Object.assign(new Error(), { message: 42 })],
  ["an error whose message cannot be read", Object.defineProperty(new Error(), "message", { get: refuse })],
]);

test.each([...thrown.keys()])("a handler that throws %s has failed, and nothing more happens", async (name) => {
  const run = vi.fn(async () => ({})).mockRejectedValueOnce(thrown.get(name));
  const { journal, message, through } = scripted({ handler: { run } });
  const final = await through();
  expect(final).toMatchObject({ state: "failed", error: { code: "handlerFailed" }, message });
  expect(final.error?.message).toBeTypeOf("string");
  expect(journal.states(message)).toEqual(["started 1", "failed 1"]);
});

test("the beginning of a text too long for an ACK is kept", async () => {
  const run = vi.fn(async () => ({})).mockRejectedValueOnce(new Error("x".repeat(1024 * 1024)));
  expect((await scripted({ handler: { run } }).through()).error?.message).toBe("x".repeat(2000));
});

test("a handler that throws before it returns a promise has failed too", async () => {
  const final = await scripted({ handler: { run: refuse } }).through();
  expect(final).toMatchObject({ state: "failed", error: { message: "refused" } });
});

test("a handler that brings nothing has succeeded", async () => {
  const run = vi.fn(async () => ({})).mockResolvedValueOnce(undefined as never);
  expect(await scripted({ handler: { run } }).through()).toMatchObject({ state: "succeeded" });
});
