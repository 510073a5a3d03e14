import { expect, test } from "vitest";
import { parsePresence } from "../../../src/protocol/presence.ts";

const beat = { instance: "LIFE", host: "here", pid: 7, startedAt: "2026-01-31T12:00:00.000Z", lanes: [] };
const read = (value: unknown): unknown => parsePresence(Buffer.from(JSON.stringify(value)));

test("a heartbeat is read with its protocol, or without, as from older daemons", () => {
  expect(read(beat)).toEqual(beat);
  expect(read({ protocol: 1, ...beat })).toEqual({ protocol: 1, ...beat });
});

test("the owner is read, whatever a newer version adds or changes in lanes", () => {
  expect(read({ ...beat, load: 3 })).toEqual(beat);
  expect(read({ ...beat, lanes: { waiting: 3 } })).toEqual(beat);
});
