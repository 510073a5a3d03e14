// The floor's sender: what a send does on the broker, with bare nats.js. It listens for the message's own ACKs as the
// broker republishes them, publishes the message under its id into the work queue, and waits for the final ACK.
import { jetstream } from "@nats-io/jetstream";
import { connect, nuid } from "nats";
import { line, serve, type Target } from "./sending.ts";

/** As many lines as in Steward's blocks, of 64 KiB. */
const linesInBlock = Math.floor((64 * 1024) / line.length);

const nc = await connect({ servers: process.argv[2] ?? "", noAsyncTraces: true });
const js = jetstream(nc);

serve({
  one: async (target) => {
    const { ended } = await publish(target);
    await ended;
  },
  lines: async (node, count) => {
    const ends: Promise<void>[] = [];
    for (let left = count; left > 0; left -= linesInBlock) {
      const data = [line.repeat(Math.min(left, linesInBlock))];
      const { ended } = await publish({ node, messageType: "event", subject: "log", data });
      ends.push(ended);
    }
    await Promise.all(ends);
  },
});

/** Resolves when the message is stored; `ended` when its final ACK has come. */
async function publish({ node, messageType, subject, data }: Target): Promise<{ readonly ended: Promise<void> }> {
  const id = nuid.next();
  const final = new Promise<string>((resolve) => {
    const acks = nc.subscribe(`steward.*.acked.*.*.${id}`, {
      callback: (_error, msg) => {
        const { state } = msg.json<{ state: string }>();
        if (state === "started") return;
        acks.unsubscribe();
        resolve(state);
      },
    });
  });
  const ended = final.then((state) => {
    if (state !== "succeeded") throw new Error(`${id} ${state}`);
  });
  const message = { id, node, messageType, subject, data, from: "bench", createdAt: new Date().toISOString() };
  const to = `steward.${node}.${messageType}.${subject}.${id}`;
  await js.publish(to, JSON.stringify(message), { msgID: to });
  return { ended };
}
