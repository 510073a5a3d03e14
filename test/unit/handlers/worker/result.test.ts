import fc from "fast-check";
import { expect, test } from "vitest";
import { RunError, TerminalError } from "../../../../src/handlers/define.ts";
import { checkedResult, failureOf } from "../../../../src/handlers/worker/result.ts";

test("a result is taken unchanged, without unknown fields", () => {
  const result = { output: { stdout: "a", stderr: "b" }, exitCode: 3, signal: "SIGHUP", state: "cancelled" };
  const { state: _state, ...known } = result;
  expect(checkedResult(result, 100)).toEqual(known);
  expect(checkedResult({}, 100)).toEqual({});
  expect(checkedResult({ output: {} }, 100)).toEqual({ output: { stdout: "", stderr: "" } });
});

test("output is cut to the limit, by its bytes", () => {
  expect(checkedResult({ output: { stdout: "ä".repeat(20), stderr: "fits" } }, 10).output).toEqual({
    stdout: "ää\n[steward: 32 bytes left out here]\nää",
    stderr: "fits",
    truncated: { stdout: { total: 40, omitted: 32 } },
  });
});

test("output in base64 stays so if it is not text", () => {
  const inBase64 = (text: string): string => Buffer.from(text, "latin1").toString("base64");
  const output = { stdout: inBase64("\xff\x00"), stderr: inBase64("text"), encoding: "base64" };
  expect(checkedResult({ output }, 100).output).toEqual(output);
  expect(checkedResult({ output: { ...output, stdout: "" } }, 100).output).toEqual({ stdout: "", stderr: "text" });
});

test.each([
  [7, "must return a text, nothing, or an object with output, exitCode and signal, not the number 7"],
  [null, "must return a text, nothing, or an object with output, exitCode and signal, not null"],
  [{ exitCode: 1.5 }, "exitCode must be a whole number, not the number 1.5"],
  [{ exitCode: 1n }, "exitCode must be a whole number, not a value of the type bigint"],
  [{ signal: ["SIGHUP"] }, "signal must be a text, not a list"],
  [{ output: "text" }, "output must be an object with stdout and stderr, not a value of the type string"],
  [{ output: { stdout: 1 } }, "output.stdout must be a text, not the number 1"],
  [{ output: { encoding: "hex" } }, 'output.encoding can only be "base64", not a value of the type string'],
])("%s is not a result", (returned, why) => {
  const wrong = new RunError("handlerFailed", `the handler's result is not usable: ${why}`);
  expect(() => checkedResult(returned, 100)).toThrow(wrong);
});

test("a thrown error is sent as data, with its result", () => {
  const result = { exitCode: 3, output: { stdout: "x".repeat(20), stderr: "" } };
  expect(failureOf(new TerminalError("spawnFailed", "one\ntwo", result), 10)).toEqual({
    code: "spawnFailed",
    message: "one; two",
    terminal: true,
    result: {
      exitCode: 3,
      output: expect.objectContaining({ truncated: { stdout: { total: 20, omitted: 10 } } }) as unknown,
    },
    stack: expect.stringContaining("result.test.ts") as unknown,
  });
  expect(failureOf(new RunError("exitCode", "again"), 10)).toMatchObject({
    code: "exitCode",
    terminal: false,
    result: {},
  });
});

const nasty = new Proxy(
  {},
  {
    getPrototypeOf: () => {
      throw new Error("no prototype");
    },
  },
);
test.each([
  [new Error("text"), "text"],
  ["a text", "a text"],
  [undefined, "undefined"],
  [Symbol("s"), "Symbol(s)"],
  [nasty, "a value without a text was thrown"],
  [Object.assign(new RunError("exitCode", "own code"), { code: "toString" }), "own code"],
  [new RunError("handlerFailed", "a bad result", { exitCode: Number.NaN }), "a bad result"],
])("whatever is thrown has a code and a text: %#", (thrown, message) => {
  expect(failureOf(thrown, 10)).toMatchObject({ code: "handlerFailed", message, terminal: false, result: {} });
});

test("whatever a handler returns is a result that JSON can hold, or none", () => {
  const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withTypedArray: true });
  const output = fc.record({ stdout: anything, stderr: anything, encoding: anything }, { requiredKeys: [] });
  const fields = { output: fc.oneof(anything, output), exitCode: anything, signal: anything };
  const returned = fc.oneof(anything, fc.record(fields, { requiredKeys: [] }));
  fc.assert(
    fc.property(returned, (value) => {
      try {
        const result = checkedResult(value, 100);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      } catch (error) {
        expect(error).toMatchObject({ name: "RunError", code: "handlerFailed" });
      }
    }),
  );
});
