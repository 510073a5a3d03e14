// The floor's worker: what a node does on the broker, with bare nats.js. Commands run one after the other, as in a lane,
// with `started` and the final ACK as links of a chain; as in a lane, a final and the next `started` go out together.
// Events have their final ACK alone, and need not wait for that of the one before.
import { open } from "node:fs/promises";
import { AckPolicy, jetstream, jetstreamManager, type JsMsg } from "@nats-io/jetstream";
import { connect, nuid } from "nats";
import { endWithParent } from "./sending.ts";
import { spawned } from "./spawned.ts";

const node = "floor";
const instance = nuid.next();
const stream = "STEWARD_MESSAGES";

interface Message {
  readonly id: string;
  readonly messageType: string;
  readonly subject: string;
  readonly data: readonly string[];
}

const nc = await connect({ servers: (process.argv[2] ?? "").split(","), noAsyncTraces: true });
const js = jetstream(nc);
const log = await open("floor.log", "a");
const jsm = await jetstreamManager(nc);
await jsm.consumers.add(stream, {
  durable_name: node,
  ack_policy: AckPolicy.Explicit,
  filter_subjects: [`steward.${node}.command.*.*`, `steward.${node}.event.*.*`],
  max_ack_pending: -1,
});
const consumer = await js.consumers.get(stream, node);
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
  msg.ack();
}

async function journal({ id, messageType, subject }: Message, after: number, what: object): Promise<number> {
  const ack = { id, node, messageType, subject, attempt: 1, instance, startedAt: new Date().toISOString(), ...what };
  const to = `steward.${node}.ack.${messageType}.${subject}.${id}`;
  const { seq } = await js.publish(to, JSON.stringify(ack), { expect: { lastSubjectSequence: after } });
  return seq;
}
