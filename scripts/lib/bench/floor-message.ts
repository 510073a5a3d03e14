import type { JetStreamClient } from "@nats-io/jetstream";
import { nuid, type NatsConnection } from "nats";
import type { Target } from "./sending.ts";

/**
 * Sends a message with bare nats.js: listens for its own ACKs as the broker republishes them, and publishes it under its
 * id into the queue. Resolves when it is stored; `ended` when its final ACK, a success, has come.
 */
export async function publishBare(
  nc: NatsConnection,
  js: JetStreamClient,
  { node, messageType, subject, data }: Target,
): Promise<{ readonly ended: Promise<void> }> {
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
