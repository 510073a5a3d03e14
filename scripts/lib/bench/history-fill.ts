// Fills the log with ACKs as daemons leave them: two for each message, a fleet's turn by turn.
import { setTimeout as delay } from "node:timers/promises";
import type { Broker } from "../../../src/broker/connection/broker.ts";
import { stateFollows } from "../../../src/broker/health/state-follows.ts";
import { headersOf, publishOnce } from "../../../src/broker/write/publish.ts";
import { type Ack, stateHeader } from "../../../src/protocol/ack.ts";
import { encodeAck } from "../../../src/protocol/encode-ack.ts";
import { newId } from "../../../src/protocol/ids.ts";
import { ackSubject, type Address } from "../../../src/protocol/subjects.ts";

const fleetSize = 1000;
const lanes = ["exec", "shell", "ping"] as const;

/** After this number of messages the filling waits for the broker, which holds unstored ones in memory. */
const messagesOnTheWay = 1000;

/**
 * Extends the log from `from` ACKs to `acks`, and waits until the state bucket has followed. Resolves to some messages
 * from all parts of the new range.
 */
export async function fillHistory(broker: Broker, from: number, acks: number): Promise<Example[]> {
  const examples: Example[] = [];
  const instances = Array.from({ length: fleetSize }, newId);
  for (let sequence = from; sequence < acks;) {
    const message = sequence / 2;
    const node = message % fleetSize;
    const subject = lanes[Math.floor(message / fleetSize) % lanes.length] ?? "exec";
    const address: Address = { node: `ship${node}`, messageType: "command", subject, id: newId() };
    const [started, final] = acksOf(address, instances[node] ?? "");
    put(broker, started, 0);
    sequence += 2;
    if (message % messagesOnTheWay === 0 || sequence >= acks) {
      examples.push({ id: address.id, node: address.node });
      await putAndWait(broker, final, sequence - 1);
    } else put(broker, final, sequence - 1);
  }
  await untilFollowed(broker);
  return examples;
}

/** A message of the history. */
export interface Example {
  readonly id: string;
  readonly node: string;
}

/** The result of `exec uname -a`, and the like. */
function acksOf(address: Address, instance: string): [Ack, Ack] {
  const at = new Date().toISOString();
  const common = { ...address, attempt: 1, instance, startedAt: at };
  const stdout = `Linux ${address.node} 6.8.0-51-generic #52-Ubuntu SMP PREEMPT_DYNAMIC x86_64 GNU/Linux\n`;
  const message = { ...address, data: ["uname", "-a"], from: "operator", createdAt: at };
  const ended = { finishedAt: at, durationMs: 4, exitCode: 0, output: { stdout, stderr: "" }, message };
  return [
    { ...common, state: "started" },
    { ...common, state: "succeeded", ...ended },
  ];
}

/** As the journal does, each after the one before. */
function put(broker: Broker, ack: Ack, after: number): void {
  const { subject, payload, header } = entry(broker, ack, after);
  broker.nc.publish(subject, payload, { headers: headersOf(header) });
}

async function putAndWait(broker: Broker, ack: Ack, after: number): Promise<void> {
  const { subject, payload, header } = entry(broker, ack, after);
  const result = await publishOnce(broker, subject, payload, header, 60_000);
  const isInPlace = result.kind === "stored" && result.sequence === after + 1;
  if (!isInPlace)
    throw new Error(`an ACK of the history was not stored as number ${after + 1}: ${JSON.stringify(result)}`);
}

function entry(broker: Broker, ack: Ack, after: number): Entry {
  const header = { [stateHeader]: ack.state, "Nats-Expected-Last-Subject-Sequence": String(after) };
  return { subject: ackSubject(broker.namespace, ack), payload: encodeAck(ack, broker.maxPayload), header };
}

interface Entry {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly header: Readonly<Record<string, string>>;
}

async function untilFollowed(broker: Broker): Promise<void> {
  while ((await stateFollows(broker)).kind !== "current") await delay(200);
}
