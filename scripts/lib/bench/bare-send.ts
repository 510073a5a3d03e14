// The floor of a send as a whole process: connects, sends one ping to a node as Steward's sender does, waits for the
// final ACK, and ends. Nothing of Steward is in it: no command line, no settings, no check of what is sent.
import { jetstream } from "@nats-io/jetstream";
import { connect, nuid } from "nats";

const [servers = "", node = ""] = process.argv.slice(2);
const nc = await connect({ servers, noAsyncTraces: true });
const id = nuid.next();
const final = new Promise<string>((resolve) => {
  nc.subscribe(`steward.*.acked.*.*.${id}`, {
    callback: (_error, msg) => {
      const { state } = msg.json<{ state: string }>();
      if (state !== "started") resolve(state);
    },
  });
});
const to = `steward.${node}.command.ping.${id}`;
const message = { id, node, messageType: "command", subject: "ping", data: [], from: "bench" };
const payload = JSON.stringify({ ...message, createdAt: new Date().toISOString() });
await jetstream(nc).publish(to, payload, { msgID: to });
process.exit((await final) === "succeeded" ? 0 : 1);
