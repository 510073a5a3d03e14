import { expect, test } from "vitest";
import { parseLogLine } from "../../../../src/broker/server/log.ts";

test.each([
  ["[7] 2026/01/02 03:04:05.678901 [INF] Server is ready", { level: "info", text: "Server is ready" }],
  ["[7] 2026/01/02 03:04:05.678901 [WRN] a [strange] one", { level: "warn", text: "a [strange] one" }],
  ["[7] 2026/01/02 03:04:05.678901 [FTL] no port", { level: "fatal", text: "no port" }],
  ["[7] 2026/01/02 03:04:05.678901 [INF] ", { level: "info", text: "" }],
  ["panic: out of luck", { level: "raw", text: "panic: out of luck" }],
  ["", { level: "raw", text: "" }],
])("reads %j", (line, expected) => {
  expect(parseLogLine(line)).toEqual(expected);
});
