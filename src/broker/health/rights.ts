import { ackSubject, ackedFilter, controlSubject, messageSubject, type Address } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { isDenied } from "../connection/denied.ts";
import { kvSubject } from "../connection/stream-names.ts";
import { headersOf } from "../write/publish.ts";

/** A right that the credentials lack: its purpose, and the subject on which the broker refused it. */
export interface MissingRight {
  readonly to: string;
  readonly subject: string;
}

interface Probe {
  readonly to: string;
  readonly subject: string;
  readonly body?: string;
  readonly header?: Readonly<Record<string, string>>;
}

/** The address of a node that need not exist. Requests about it change nothing, whether they are permitted or not. */
const nonexistent: Address = { node: "doctor", messageType: "command", subject: "ping", id: "doctor" };

/**
 * Makes the broker refuse to store a permitted message, since it is not for this stream. So the probe leaves nothing
 * behind.
 */
const notToBeStored = { "Nats-Expected-Stream": "NONE" };

/** Finds the rights of an operator that the credentials lack, and leaves nothing behind. */
export async function missingRights(broker: Broker): Promise<MissingRight[]> {
  const refused = await Promise.all(
    probes(broker).map(async (probe) => ((await isRefused(broker, probe)) ? [probe] : [])),
  );
  const missing = refused.flat().map(({ to, subject }) => ({ to, subject }));
  const acked = ackedFilter(broker.namespace, { id: nonexistent.id });
  return (await mayListen(broker, acked)) ? missing : [...missing, { to: "see how messages end", subject: acked }];
}

function probes({ namespace, names }: Broker): Probe[] {
  const { messages, acks, nodesBucket } = names;
  const kv = `KV_${nodesBucket}`;
  const event: Address = { ...nonexistent, messageType: "event" };
  // A body that names no stream is refused as such, so nothing is created.
  return [
    { to: "send commands", subject: messageSubject(namespace, nonexistent), header: notToBeStored },
    { to: "send events", subject: messageSubject(namespace, event), header: notToBeStored },
    { to: "send to new nodes", subject: `$JS.API.CONSUMER.CREATE.${messages}.${nonexistent.node}`, body: "{}" },
    { to: "see streams", subject: `$JS.API.STREAM.INFO.${messages}` },
    { to: "read ACKs", subject: `$JS.API.DIRECT.GET.${acks}.${ackSubject(namespace, nonexistent)}` },
    { to: "read the log", subject: `$JS.API.CONSUMER.CREATE.${acks}.${nonexistent.node}`, body: "{}" },
    { to: "read the state", subject: `$JS.API.DIRECT.GET.${kv}.${kvSubject(nodesBucket, `${nonexistent.node}.info`)}` },
    { to: "list nodes", subject: `$JS.API.CONSUMER.CREATE.${kv}.${nonexistent.node}`, body: "{}" },
    { to: "cancel", subject: ackSubject(namespace, nonexistent), header: notToBeStored },
    {
      to: "take messages out of the queue",
      subject: `$JS.API.STREAM.PURGE.${messages}`,
      body: JSON.stringify({ filter: messageSubject(namespace, nonexistent) }),
    },
    { to: "ask daemons", subject: controlSubject(namespace, nonexistent.node, "status") },
  ];
}

async function isRefused(broker: Broker, { subject, body = "", header = {} }: Probe): Promise<boolean> {
  try {
    await broker.request(subject, body, { timeout: 2000, headers: headersOf(header) });
    return false;
  } catch (error) {
    return isDenied(error); // Silence is no refusal: the node may not exist.
  }
}

/** The broker sends a refusal before its answer to a later request. */
async function mayListen({ nc }: Broker, subject: string): Promise<boolean> {
  let refusal: Error | undefined;
  const subscription = nc.subscribe(subject, { callback: (error) => void (refusal ??= error ?? undefined) });
  await nc.flush();
  if (!subscription.isClosed()) subscription.unsubscribe();
  return refusal === undefined;
}
