// The floor's sender: what a send does on the broker, with bare nats.js. It listens for the message's own ACKs as the
// broker republishes them, publishes the message under its id into the queue, and waits for the final ACK.
import { jetstream } from "@nats-io/jetstream";
import { connect, headers, nuid } from "nats";
import { publishBare } from "./floor-message.ts";
import { line, type Work } from "./kinds.ts";
import { serve } from "./sending.ts";

/** As many lines as in Steward's blocks of 64 KiB. */
const linesInBlock = Math.floor((64 * 1024) / line.length);

/** The most messages that the server accepts in one atomic batch. */
const batchLimit = 1000;

const nc = await connect({ servers: (process.argv[2] ?? "").split(","), noAsyncTraces: true });
const js = jetstream(nc);

serve({
  one: async (target) => {
    const { ended } = await publishBare(nc, js, target);
    await ended;
  },
  lines: async (node, count) => {
    const ends: Promise<void>[] = [];
    for (let left = count; left > 0; left -= linesInBlock) {
      const data = [line.repeat(Math.min(left, linesInBlock))];
      const { ended } = await publishBare(nc, js, { node, messageType: "event", subject: "log", data });
      ends.push(ended);
    }
    await Promise.all(ends);
  },
  fanOut: async (nodes, work, wait) => {
    const start = performance.now();
    const id = nuid.next();
    let [left, allEnded] = [nodes.length, (): void => {}];
    const ended = new Promise<void>((resolve) => (allEnded = resolve));
    const acks = nc.subscribe(`steward.*.acked.*.*.${id}`, {
      callback: (_error, msg) => {
        if (msg.json<{ state: string }>().state !== "started" && --left === 0) allEnded();
      },
    });
    for (let at = 0; at < nodes.length; at += batchLimit)
      await publishBatch(nodes.slice(at, at + batchLimit), work, id);
    const stored = performance.now() - start;
    await ended;
    acks.unsubscribe();
    return wait ? performance.now() - start : stored;
  },
});

/** One message for each node, all of them or none. */
async function publishBatch(nodes: readonly string[], work: Work, id: string): Promise<void> {
  const batch = nuid.next();
  for (const [at, node] of nodes.entries()) {
    const to = `steward.${node}.${work.messageType}.${work.subject}.${id}`;
    const message = { id, node, ...work, from: "bench" };
    const payload = JSON.stringify({ ...message, createdAt: new Date().toISOString() });
    const made = headers();
    made.set("Nats-Msg-Id", to);
    made.set("Nats-Batch-Id", batch);
    made.set("Nats-Batch-Sequence", String(at + 1));
    if (at < nodes.length - 1) nc.publish(to, payload, { headers: made });
    else {
      made.set("Nats-Batch-Commit", "1");
      const answer = await nc.request(to, payload, { headers: made, timeout: 300_000 });
      if (answer.json<{ error?: unknown }>().error !== undefined) throw new Error(`not stored: ${answer.string()}`);
    }
  }
}
