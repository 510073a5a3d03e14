import { expect, test, vi } from "vitest";
import { scriptedPull, type ScriptedPull } from "./support.ts";

const beat = ({ status }: ScriptedPull, last: number, request?: number): void =>
  status(100, "Idle Heartbeat", { "Nats-Last-Consumer": last, "Nats-Last-Stream": 7 }, request);

test("a delivery that two heartbeats speak of and that did not come is missing", () => {
  const pull = scriptedPull();
  pull.message(1);
  beat(pull, 2);
  expect(pull.ended).not.toHaveBeenCalled();
  beat(pull, 2);
  expect(pull.ended).toHaveBeenCalledExactlyOnceWith("gap", expect.stringContaining("2"));
});

test("a delivery that comes behind the heartbeat that spoke of it was only on its way", () => {
  const pull = scriptedPull();
  beat(pull, 1);
  pull.message(1);
  beat(pull, 2);
  pull.message(2);
  beat(pull, 2);
  expect(pull.ended).not.toHaveBeenCalled();
});

test("two heartbeats that are behind, with one in between that is not, are not a gap", () => {
  const pull = scriptedPull();
  beat(pull, 1);
  pull.message(1);
  beat(pull, 1);
  beat(pull, 2);
  expect(pull.ended).not.toHaveBeenCalled();
});

test.each([0, 1])("a heartbeat that counts no more than came (%i) shows no gap", (last) => {
  const pull = scriptedPull();
  pull.message(1);
  for (let count = 0; count < 3; count++) beat(pull, last);
  expect(pull.ended).not.toHaveBeenCalled();
});

test("one of an earlier request that is still open counts as much, as on a link with long delays", () => {
  const pull = scriptedPull();
  for (let seconds = 0; seconds < 60; seconds += 2) {
    vi.advanceTimersByTime(2000);
    if (seconds >= 4) beat(pull, 0, 0);
  }
  expect(pull.requests()).toHaveLength(2);
  for (let count = 0; count < 2; count++) beat(pull, 5, 0);
  expect(pull.ended).toHaveBeenCalledExactlyOnceWith("gap", "delivery 5 is missing after 0");
});
