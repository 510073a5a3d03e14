import { expect, test } from "vitest";
import { quiet } from "../support.ts";
import { scriptedLane } from "./support.ts";

test("a message that comes at the moment in which the lane ends its last one still runs", async () => {
  for (let turns = 0; turns < 40; turns++) {
    const { push, steps, hold } = scriptedLane();
    const running = hold("run a");
    push("a");
    await quiet();
    running.open();
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    push("b");
    await quiet();
    expect(steps, `${turns} turns later`).toContain("settle b");
  }
});
