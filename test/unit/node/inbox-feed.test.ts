import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Queue } from "../../../src/broker/enqueue.ts";
import { feedFromInbox } from "../../../src/node/inbox-feed.ts";
import { StewardError } from "../../../src/protocol/errors.ts";
import type { Message } from "../../../src/protocol/message.ts";

const soon = { timeout: 4000, interval: 10 };

/** The inbox of ship1 in a folder of its own, before a queue that does as it is told. */
async function feed(put: (messages: readonly Message[]) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "steward-feed-"));
  const path = join(folder, "inmsg.txt");
  const prepare = vi.fn<(nodes: readonly string[]) => Promise<void>>(async () => {});
  const queue = { prepare, put } as unknown as Queue;
  const inbox = feedFromInbox(path, "ship1", queue, pino({ level: "silent" }));
  onTestFinished(async () => {
    await inbox.stop();
    await rm(folder, { recursive: true });
  });
  await inbox.ready;
  return { folder, prepare, paste: (list: readonly object[]) => appendFile(path, JSON.stringify(list)) };
}

test("a paste is sent in the node's name, under ids from the inbox unless it names its own", async () => {
  const stored: Message[] = [];
  const { prepare, paste } = await feed(async (messages) => void stored.push(...messages));
  await paste([
    { node: ["ship2", "ship3"], subject: "ping" },
    { node: "ship2", subject: "ping", id: "mine", from: "me" },
    { toNode: "ship2", data: ["x\n"], commandOrEvent: "event", method: "textLogging" },
  ]);
  await expect.poll(() => stored.length, soon).toBe(4);
  const paste1 = stored[0]!.id.slice(0, -2);
  expect(stored).toMatchObject([
    { node: "ship2", id: `${paste1}-0`, from: "ship1", messageType: "command" },
    { node: "ship3", id: `${paste1}-0`, from: "ship1" },
    { node: "ship2", id: "mine", from: "me" },
    { node: "ship2", id: `${paste1}-2`, subject: "log", messageType: "event" },
  ]);
  expect(prepare.mock.calls).toEqual([[["ship2", "ship3"], expect.any(AbortSignal)]]);
});

test("what the broker refuses for now is sent again, and what can never be stored is set aside", async () => {
  const put = vi.fn<(messages: readonly Message[]) => Promise<void>>(async () => {});
  put.mockRejectedValueOnce(new StewardError("notStored", "maximum messages exceeded"));
  put.mockRejectedValueOnce(new StewardError("tooLarge", "the message is too large"));
  const { folder, paste } = await feed(put);
  await paste([{ node: "ship2", subject: "ping" }]);
  await expect
    .poll(() => readFile(join(folder, "inmsg.rejected.txt"), "utf8").catch(() => ""), soon)
    .toContain("too large");
  expect(put).toHaveBeenCalledTimes(2);
});
