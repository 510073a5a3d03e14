import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { inParallel } from "../../../src/util/in-parallel.ts";

test("the results are in the order of the items, and no more than the given number are under way", async () => {
  let [now, most] = [0, 0];
  const results = await inParallel([5, 1, 3, 1, 2], 2, async (ms) => {
    most = Math.max(most, ++now);
    await delay(ms);
    now -= 1;
    return ms * 10;
  });
  expect(results).toEqual([50, 10, 30, 10, 20]);
  expect(most).toBe(2);
});

test("the first error is thrown, and nothing begins after it", async () => {
  const begun: number[] = [];
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    await delay(1);
    if (item === 2) throw new Error("no");
  };
  await expect(inParallel([1, 2, 3, 4, 5, 6], 2, work)).rejects.toThrow("no");
  await delay(10);
  expect(begun.length).toBeLessThan(6);
});

test("of nothing comes nothing", async () => {
  expect(await inParallel([], 4, () => Promise.reject(new Error("never called")))).toEqual([]);
});
