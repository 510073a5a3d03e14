// The floor's worker: what a node does on the broker, with bare nats.js. Commands run one after the other, as in a lane,
// with `started` and the final ACK as links of a chain; as in a lane, a final and the next `started` go out together.
// Events have their final ACK alone, and need not wait for that of the one before.
import { open } from "node:fs/promises";
import type { JsMsg } from "@nats-io/jetstream";
import { connect } from "nats";
import { floorNode, type Addressed } from "./floor-node.ts";
import { endWithParent } from "./sending.ts";
import { spawned } from "./spawned.ts";

interface Message extends Addressed {
  readonly data: readonly string[];
}

const nc = await connect({ servers: (process.argv[2] ?? "").split(","), noAsyncTraces: true });
const { consumer, journal, remove } = await floorNode(nc, "floor");
const log = await open("floor.log", "a");
endWithParent();
process.send?.("ready");

let closing: Promise<void> | undefined;
for await (const msg of await consumer.consume({ max_messages: 1000 })) {
  const message = msg.json<Message>();
  if (message.messageType === "event") {
    if (message.subject === "log") await log.appendFile(message.data.join(""));
    void close(msg, message, 0, {});
    continue;
  }
  const [sequence] = await Promise.all([journal(message, 0, { state: "started" }), closing]);
  closing = close(msg, message, sequence, await run(message));
}

async function run({ subject, data }: Message): Promise<object> {
  return subject === "ping" ? { output: { stdout: "pong\n", stderr: "" } } : spawned(data);
}

async function close(msg: JsMsg, message: Message, after: number, result: object): Promise<void> {
  await journal(message, after, { state: "succeeded", finishedAt: new Date().toISOString(), ...result, message });
  await remove(msg.seq);
}
