import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { sendLines, type LinesResult } from "../../../src/send/send-lines.ts";
import { scriptedBroker, stored } from "../broker/support.ts";

const block = `${"x".repeat(40_000)}\n`;

async function sent(texts: readonly string[]): Promise<{ result: Promise<LinesResult>; ids: () => string[] }> {
  const { broker, asked } = scriptedBroker(() => stored(1));
  broker.lookedUpNodes.add("central");
  const input = Readable.from(textsAndFault(texts));
  const template = { nodes: ["central"], messageType: "event", subject: "log", data: [] } as const;
  const options = { signal: new AbortController().signal, onCut: () => {} };
  const result = sendLines(broker, input, template, { from: "ann", id: "text" }, options);
  return { result, ids: () => asked.map(({ subject }) => subject.split(".").at(-1) ?? "") };
}

async function* textsAndFault(texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
  throw new Error("EIO: i/o error, read");
}

test("a read error after something was sent is reported in the result", async () => {
  const { result, ids } = await sent([block, block, block]);
  const { blocks, summary, fault } = await result;
  expect({ blocks, summary }).toEqual({ blocks: 3, summary: { succeeded: 0, failed: 0, pending: 3 } });
  expect(fault).toMatchObject({ code: "fileUnreadable", message: /cannot be read: EIO/ });
  expect(ids()).toEqual(["text-0", "text-1", "text-2"]);
});

test("a text that cannot be read at all is refused: nothing was sent", async () => {
  const { result, ids } = await sent([]);
  await expect(result).rejects.toMatchObject({ code: "fileUnreadable" });
  expect(ids()).toEqual([]);
});
