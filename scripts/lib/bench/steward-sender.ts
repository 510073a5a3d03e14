// Steward's sender: the functions that `steward send` is made of, on one open connection.
import { Readable } from "node:stream";
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { newId } from "../../../src/protocol/ids.ts";
import { toMessages } from "../../../src/send/outgoing.ts";
import { sendLines } from "../../../src/send/send-lines.ts";
import { send } from "../../../src/send/send.ts";
import { line } from "./kinds.ts";
import { serve } from "./sending.ts";

const settings = { servers: process.argv[2] ?? "", namespace: "steward" };
const broker = await openBroker(settings, { name: "bench", waitMs: 5000 });
/** As patient as the floor: it is measured how long it takes. */
const [storeMs, waitMs] = [300_000, 300_000];

serve({
  one: async ({ node, ...draft }) => {
    const messages = toMessages({ ...draft, nodes: [node] }, { from: "bench", id: newId() });
    const [outcome] = await send(broker, messages, { waitMs });
    if (outcome?.ack?.state !== "succeeded") throw new Error(`${messages[0]?.id} ${outcome?.ack?.state}`);
  },
  lines: async (node, count) => {
    // as lines of a file
    const text = Readable.from(Buffer.from(line.repeat(count)), { objectMode: false, highWaterMark: 64 * 1024 });
    const draft = { nodes: [node], messageType: "event", subject: "log", data: [] } as const;
    const sender = { from: "bench", id: newId() };
    const onCut = (): void => {};
    const { signal } = new AbortController();
    const { blocks, summary } = await sendLines(broker, text, draft, sender, { waitMs, signal, onCut });
    if (summary.succeeded !== blocks) throw new Error(`of ${blocks} blocks ${summary.succeeded} succeeded`);
  },
  fanOut: async (nodes, work, wait) => {
    const start = performance.now();
    const draft = { ...work, nodes };
    const messages = toMessages(draft, { from: "bench", id: newId() });
    let stored = 0;
    const onWaiting = (): (() => void) => {
      stored = performance.now() - start;
      return () => {};
    };
    const outcomes = await send(broker, messages, { storeMs, waitMs, seen: new Set(nodes), onWaiting });
    const ended = performance.now() - start;
    const missing = outcomes.filter(({ ack }) => ack?.state !== "succeeded").length;
    if (missing > 0) throw new Error(`${missing} of ${nodes.length} nodes did not succeed`);
    return wait ? ended : stored;
  },
});
