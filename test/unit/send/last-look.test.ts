import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lastLook } from "../../../src/send/last-look.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const forEver = (): Promise<never> => new Promise(() => {});

test("a result in time is returned, and an error is thrown", async () => {
  expect(await lastLook(async () => "seen")).toBe("seen");
  await expect(lastLook(() => Promise.reject(new Error("no stream")))).rejects.toThrow("no stream");
  expect(vi.getTimerCount()).toBe(0);
});

test("silence delays the end by at most two seconds, and not at all after Ctrl-C", async () => {
  const stop = new AbortController();
  const seen = [lastLook(forEver), lastLook(forEver, stop.signal)];
  const ended: number[] = [];
  for (const [at, one] of seen.entries()) void one.then((value) => value === undefined && ended.push(at));
  await vi.advanceTimersByTimeAsync(1000);
  stop.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(ended).toEqual([1]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(ended).toEqual([1, 0]);
});

test("after Ctrl-C a result that comes at once is still returned", async () => {
  expect(await lastLook(async () => "seen", AbortSignal.abort())).toBe("seen");
  const silent = lastLook(forEver, AbortSignal.abort());
  await vi.advanceTimersByTimeAsync(500);
  expect(await silent).toBeUndefined();
});
