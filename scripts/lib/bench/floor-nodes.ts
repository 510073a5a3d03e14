// The floor of many nodes: bare consumers, each on a connection of its own, that do for a message what a node does. Reads
// a `Share` as a line of JSON and says `ready` when all are there, as a process of a simulated fleet does.
import { createInterface } from "node:readline";
import { AckPolicy, jetstream, jetstreamManager, type JsMsg } from "@nats-io/jetstream";
import { connect, nuid } from "nats";
import { inParallel } from "../../../src/protocol/in-parallel.ts";
import type { Share } from "../fleet/nodes.ts";

const stream = "STEWARD_MESSAGES";
const lines: AsyncIterator<string, undefined> = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
process.stdin.on("end", () => process.exit(0));
const { url, names } = JSON.parse((await lines.next()).value ?? "") as Share;

await inParallel(names, 20, serve);
console.log("ready");

async function serve(node: string): Promise<void> {
  const nc = await connect({ servers: url, noAsyncTraces: true, reconnect: false });
  const js = jetstream(nc);
  const jsm = await jetstreamManager(nc);
  await jsm.consumers.add(stream, {
    durable_name: node,
    ack_policy: AckPolicy.Explicit,
    filter_subjects: [`steward.${node}.command.*.*`, `steward.${node}.event.*.*`],
    max_ack_pending: -1,
  });
  const consumer = await js.consumers.get(stream, node);
  const instance = nuid.next();
  const journal = async (to: string, after: number, what: object): Promise<number> => {
    const ack = { node, attempt: 1, instance, startedAt: new Date().toISOString(), ...what };
    return (await js.publish(to, JSON.stringify(ack), { expect: { lastSubjectSequence: after } })).seq;
  };
  const run = async (msg: JsMsg): Promise<void> => {
    const message = msg.json<{ readonly id: string; readonly messageType: string; readonly subject: string }>();
    const { id, messageType, subject } = message;
    const to = `steward.${node}.ack.${messageType}.${subject}.${id}`;
    const after = await journal(to, 0, { id, messageType, subject, state: "started" });
    const final = { id, messageType, subject, state: "succeeded", finishedAt: new Date().toISOString(), message };
    await journal(to, after, final);
    msg.ack();
  };
  await consumer.consume({ max_messages: 1000, callback: (msg) => void run(msg) });
}
