// The floor's sender: what a send does on the broker, with bare nats.js. It listens for the message's own ACKs as the
// broker republishes them, publishes the message under its id into the work queue, and waits for the final ACK.
import { jetstream } from "@nats-io/jetstream";
import { connect, nuid } from "nats";
import { serve } from "./sending.ts";

const nc = await connect({ servers: process.argv[2] ?? "", noAsyncTraces: true });
const js = jetstream(nc);

serve(async ({ node, messageType, subject, data }) => {
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
  const message = { id, node, messageType, subject, data, from: "bench", createdAt: new Date().toISOString() };
  const to = `steward.${node}.${messageType}.${subject}.${id}`;
  await js.publish(to, JSON.stringify(message), { msgID: to });
  const state = await final;
  if (state !== "succeeded") throw new Error(`${id} ${state}`);
});
