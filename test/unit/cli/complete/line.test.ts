import { homedir } from "node:os";
import { describe, expect, test } from "vitest";
import { readLine, typeable } from "../../../../src/cli/complete/line.ts";
import { reference } from "../../../../src/cli/reference.ts";

describe("the kind of word at the cursor", () => {
  test.each([
    ["", "command"],
    ["se", "command"],
    ["--server x se", "command"],
    ["-s x se", "command"],
    ["help ", "command"],
    ["send ", "nodes"],
    ["send --event ", "nodes"],
    ["send --timeout 5s ", "nodes"],
    ["send --timeout=5s ", "nodes"],
    ["send ship1 ", "subject"],
    ["send ship1 exec ", "nothing known"],
    ["send ship1 exec a b ", "nothing known"],
    ["send --file ", "file"],
    ["send --file=", "file"],
    ["cancel --node ", "node"],
    ["group rm ", "group"],
    ["group add web ship1 ", "nodes"],
    ["lanes ship1 pause ", "lane"],
    ["node ship1 --data-dir ", "folder"],
  ])("steward %s", (typed, completes) => {
    const { place } = read(typed);
    expect(place.kind === "value" && (place.of.completes ?? "nothing known")).toBe(completes);
  });

  test.each([["send -"], ["send ship1 --ti"], ["status x "], ["init "], ["--"]])("steward %s: an option", (typed) => {
    expect(read(typed).place).toEqual({ kind: "option" });
  });

  test.each([["send ship1 exec -- "], ["sned "], ["send --bogus="]])("steward %s: nothing", (typed) => {
    expect(read(typed).place).toEqual({ kind: "nothing" });
  });
});

test("typed words are known by the names of options and positionals, and file names with their folder", () => {
  const { args, command } = read("-s nats://a:1 send ship1 exec --creds ~/x.creds --label a=b --label=c=d --event --i");
  expect(command?.name).toBe("send");
  expect(args).toEqual({
    server: "nats://a:1",
    nodes: "ship1",
    subject: "exec",
    creds: `${homedir()}/x.creds`,
    label: ["a=b", "c=d"],
    event: true,
  });
});

test("of an option with =, only the value is completed", () => {
  expect(read("log --node=sh")).toMatchObject({ head: "--node=", typed: "sh" });
});

function read(typed: string): ReturnType<typeof readLine> {
  return readLine(typed.split(" "), typeable(reference));
}
