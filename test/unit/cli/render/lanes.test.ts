import { expect, test } from "vitest";
import { lanesTable } from "../../../../src/cli/render/lanes.ts";

const now = Date.parse("2026-01-31T12:05:00.000Z");
const run = (id: string, startedAt: string) => ({ id, attempt: 1, startedAt });

test("lanes: running messages with their times, and why other lanes do not continue", () => {
  const since = "2026-01-31T12:00:00.000Z";
  const lanes = [
    {
      name: "command.exec",
      waiting: 3,
      running: [],
      hold: { state: "quarantined", since, by: "kernel", reason: "a failed" },
    },
    { name: "command.ping", waiting: 0, running: [] },
    {
      name: "command.reboot",
      waiting: 0,
      running: [run("r", since)],
      hold: { state: "paused", since, by: "anna", reason: "" },
    },
    {
      name: "command.shell",
      waiting: 1,
      running: [run("b", "2026-01-31T12:04:58.000Z"), run("a", "2026-01-31T12:04:00.000Z")],
    },
    { name: "event.log", waiting: 2, running: [] },
  ] as const;
  expect(lanesTable(lanes, now).join("\n")).toMatchInlineSnapshot(`
    "LANE            STATE        WAITING  RUNNING  SINCE   REASON
    command.exec    quarantined  3        -        5m ago  kernel: a failed
    command.ping    idle         0        -        -       -
    command.reboot  paused       0        r        5m ago  anna
    command.shell   running      1        b,a      1m ago  -
    event.log       waiting      2        -        -       -"
  `);
});
