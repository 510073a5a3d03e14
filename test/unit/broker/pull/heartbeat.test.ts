import { expect, test } from "vitest";
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

test("two heartbeats behind with one in between that was not are no gap", () => {
  const pull = scriptedPull();
  beat(pull, 1);
  pull.message(1);
  beat(pull, 1);
  beat(pull, 2);
  expect(pull.ended).not.toHaveBeenCalled();
});

test.each([0, 1])("a heartbeat that knows of no more than came (%i) is none of a gap", (last) => {
  const pull = scriptedPull();
  pull.message(1);
  for (let count = 0; count < 3; count++) beat(pull, last);
  expect(pull.ended).not.toHaveBeenCalled();
});

test("a heartbeat of an earlier request does not count", () => {
  const pull = scriptedPull();
  pull.status(408, "Request Timeout");
  for (let count = 0; count < 3; count++) beat(pull, 5, 0);
  expect(pull.ended).not.toHaveBeenCalled();
});
