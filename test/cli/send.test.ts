import { afterAll, beforeAll, expect, it } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "central"]);
});
afterAll(async () => fleet[Symbol.asyncDispose]());

it("prints the output of a command and exits 0", async () => {
  const { code, stdout, stderr } = await fleet.steward(["send", "ship1", "exec", "--", "uname", "-s"]);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "Linux\n", stderr: "" });
});

it("exits 1 and names the exit code of a command that failed", async () => {
  const { code, stderr } = await fleet.steward(["send", "ship1", "exec", "--", "false"]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: "ship1: failed: exit code 1\n" });
});
