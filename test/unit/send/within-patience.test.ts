import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withinPatience } from "../../../src/send/within-patience.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const messages = [{ id: "a" }, { id: "a" }, { id: "b" }];
const forEver = (): Promise<never> => new Promise(() => {});

test("after 30 s the error has the ids, which may be stored or not", async () => {
  const storing = withinPatience(messages, undefined, forEver).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await storing).toMatchObject({
    code: "unconfirmed",
    message:
      "the broker did not confirm within 30s that it stored a, b; " +
      "check with `steward status` and the id, or send again with the same id: it will not run twice",
  });
});

test("an interruption has the same text, at once", async () => {
  const stop = new AbortController();
  const storing = withinPatience(messages, stop.signal, forEver);
  stop.abort();
  await expect(storing).rejects.toMatchObject({ code: "stopped", message: /^interrupted before .* it stored a, b;/ });
});

test("the action gets a signal for this, and its own result and error are returned", async () => {
  expect(await withinPatience(messages, undefined, async (signal) => signal.aborted)).toBe(false);
  await expect(withinPatience(messages, undefined, () => Promise.reject(new Error("full")))).rejects.toThrow("full");
  expect(vi.getTimerCount()).toBe(0);
});

test("an interruption before the start has the same text", async () => {
  const storing = withinPatience(messages, AbortSignal.abort(), forEver);
  await expect(storing).rejects.toMatchObject({ code: "stopped", message: /^interrupted before .* it stored a, b;/ });
});
