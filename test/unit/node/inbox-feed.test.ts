import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Queue } from "../../../src/broker/write/queue.ts";
import { feedFromInbox } from "../../../src/node/inbox-feed.ts";
import { StewardError } from "../../../src/protocol/errors.ts";
import type { Message } from "../../../src/protocol/message.ts";

const soon = { timeout: 4000, interval: 10 };

/** The inbox of ship1 in a folder of its own, before a queue that does as it is told. */
async function feed(send: (messages: readonly Message[]) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), "steward-feed-"));
  const path = join(folder, "inmsg.txt");
  const queue = { send } as unknown as Queue;
  const inbox = feedFromInbox(path, "ship1", queue, pino({ level: "silent" }), {
    report: () => {},
    end: () => {},
  });
  onTestFinished(async () => {
    await inbox.stop();
    await rm(folder, { recursive: true });
  });
  await inbox.ready;
  return { folder, paste: (list: readonly object[]) => appendFile(path, JSON.stringify(list)) };
}

test("a paste is sent in the node's name, under ids from the inbox unless it names its own", async () => {
  const stored: Message[] = [];
  const { paste } = await feed(async (messages) => void stored.push(...messages));
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
});

test.each(["tooLarge", "badMessage"] as const)(
  "a message that is refused for the moment is sent again, and one that is %s is set aside",
  async (code) => {
    const send = vi.fn<(messages: readonly Message[]) => Promise<void>>(async () => {});
    send.mockRejectedValueOnce(new StewardError("notStored", "maximum messages exceeded"));
    send.mockRejectedValueOnce(new StewardError(code, "the message is not to be sent"));
    const { folder, paste } = await feed(send);
    await paste([{ node: "ship2", subject: "ping" }]);
    await expect
      .poll(() => readFile(join(folder, "inmsg.rejected.txt"), "utf8").catch(() => ""), soon)
      .toContain("not to be sent");
    expect(send).toHaveBeenCalledTimes(2);
  },
);
