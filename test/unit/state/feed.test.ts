import { expect, test } from "vitest";
import { Feed } from "../../../src/state/feed.ts";

async function read<T>(feed: Feed<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of feed) items.push(item);
  return items;
}

test("pushed items come in order, before the reading starts and while it waits", async () => {
  const feed = new Feed<number>();
  feed.push(1);
  const reading = read(feed);
  feed.push(2);
  await Promise.resolve();
  feed.push(3);
  feed.end();
  expect(await reading).toEqual([1, 2, 3]);
  expect(await read(feed)).toEqual([]);
});

test("an error comes after the items that were pushed before", async () => {
  const feed = new Feed<number>();
  feed.push(1);
  feed.end(new Error("no rights"));
  const items = feed[Symbol.asyncIterator]();
  expect(await items.next()).toEqual({ done: false, value: 1 });
  await expect(items.next()).rejects.toThrow("no rights");
});

test("items that a slow reader does not take are dropped beyond a bound, and counted", async () => {
  const feed = new Feed<number>(2);
  for (const item of [1, 2, 3, 4]) feed.push(item);
  feed.end();
  expect(await read(feed)).toEqual([1, 2]);
  expect(feed.dropped).toBe(2);
});
