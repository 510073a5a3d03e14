import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1"]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

const afterDashes = [
  "010",
  "1e3",
  "0x10",
  "-x",
  "--json",
  "--help",
  "--",
  "",
  " ",
  "ü☃😀",
  "two\nlines",
  '"q"',
  "'q'",
  "$HOME",
  "*",
  "a=b",
  "help",
];
const without = afterDashes.filter((word) => !word.startsWith("-"));

describe("data stays as it was typed", () => {
  test("after --, in any form", async () => {
    expect(await echoed(["exec", "--", "printf", "<%s>", ...afterDashes])).toBe(
      afterDashes.map((word) => `<${word}>`).join(""),
    );
  });

  test("before -- too, if it does not look like an option", async () => {
    expect(await echoed(["exec", "printf", "<%s>", ...without])).toBe(without.map((word) => `<${word}>`).join(""));
  });

  test("with options in between", async () => {
    expect(await echoed(["--wait", "20s", "exec", "echo", "a", "--timeout=9s", "b", "--", "-c"])).toBe("a b -c\n");
  });
});

test("a last word `help` is data, not a request for help", async () => {
  expect(await echoed(["exec", "echo", "help"])).toBe("help\n");
});

test("a node and a subject may look like numbers", async () => {
  const { code, stderr } = await fleet.steward(["send", "010", "1e3", "--wait", "100ms"]);
  expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining("\n010: queued\n") as unknown });
});

test("a script in one argument is one string", async () => {
  expect(await echoed(["shell", "echo one; echo two | tr a-z A-Z"])).toBe("one\nTWO\n");
});

async function echoed(args: string[]): Promise<string> {
  const { code, stdout, stderr } = await fleet.steward(["send", "ship1", ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}
