import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { deadline } from "../../../src/util/deadline.ts";
import { until } from "../../support/until.ts";

test("it fires after its time, and is not collected as garbage before", async () => {
  let hasCome = false;
  const listen = (): void => {
    // Nothing holds on to it from here, as in a function that awaits something else.
    const { signal } = deadline(100, new AbortController().signal);
    signal.addEventListener("abort", () => (hasCome = true));
  };
  listen();
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  await until(() => hasCome, 2000);
});

test("it comes with the signal that it is given, at once when that one is aborted already", () => {
  const stop = new AbortController();
  using early = deadline(60_000, stop.signal);
  expect(early.signal.aborted).toBe(false);
  stop.abort();
  expect(early.signal.aborted).toBe(true);
  using late = deadline(60_000, stop.signal);
  expect(late.signal.aborted).toBe(true);
});

test("one for longer than a timer keeps does not come at once", async () => {
  using far = deadline(Number.MAX_SAFE_INTEGER);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(far.signal.aborted).toBe(false);
});
