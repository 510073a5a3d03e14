import { ackSubject, ackedFilter, controlSubject, messageSubject, type Address } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { isDenied } from "../connection/denied.ts";
import { kvSubject } from "../connection/stream-names.ts";
import { headersOf } from "../write/publish.ts";

/**
 * A right that the credentials lack. `to` is the purpose of the right, and `subject` is the subject on which the broker
 * refused a request.
 */
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

/**
 * The address in the requests that test the rights. No such node need exist. The requests change nothing, whether the
 * broker permits them or not.
 */
const nonexistent: Address = { node: "doctor", messageType: "command", subject: "ping", id: "doctor" };

/**
 * The header names a stream that does not exist. So the broker does not store the message, even if the credentials
 * permit it.
 */
const notToBeStored = { "Nats-Expected-Stream": "NONE" };

/** Finds the operator's rights that the credentials lack. Leaves nothing behind. */
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
  // The broker refuses a body that names no stream, so nothing is created.
  return [
    { to: "send commands", subject: messageSubject(namespace, nonexistent), header: notToBeStored },
    { to: "send events", subject: messageSubject(namespace, event), header: notToBeStored },
    { to: "see streams", subject: `$JS.API.STREAM.INFO.${messages}` },
    { to: "read ACKs", subject: `$JS.API.DIRECT.GET.${acks}.${ackSubject(namespace, nonexistent)}` },
    { to: "read the log", subject: `$JS.API.CONSUMER.CREATE.${acks}.${nonexistent.node}`, body: "{}" },
    { to: "read the state", subject: `$JS.API.DIRECT.GET.${kv}.${kvSubject(nodesBucket, `${nonexistent.node}.info`)}` },
    { to: "list nodes", subject: `$JS.API.CONSUMER.CREATE.${kv}.${nonexistent.node}`, body: "{}" },
    { to: "cancel", subject: ackSubject(namespace, nonexistent), header: notToBeStored },
    // The broker refuses an empty body.
    { to: "remove messages from the queue", subject: `$JS.API.STREAM.MSG.DELETE.${messages}` },
    { to: "ask daemons", subject: controlSubject(namespace, nonexistent.node, "status") },
  ];
}

async function isRefused(broker: Broker, { subject, body = "", header = {} }: Probe): Promise<boolean> {
  try {
    await broker.request(subject, body, { timeout: 2000, headers: headersOf(header) });
    return false;
  } catch (error) {
    return isDenied(error); // Silence is not a refusal, because the node may not exist.
  }
}

/**
 * True if the credentials permit a subscription to the subject. The broker sends a refusal before the answer to a later
 * request, so the refusal arrives before the end of `flush`.
 */
async function mayListen({ nc }: Broker, subject: string): Promise<boolean> {
  let refusal: Error | undefined;
  const subscription = nc.subscribe(subject, { callback: (error) => void (refusal ??= error ?? undefined) });
  await nc.flush();
  if (!subscription.isClosed()) subscription.unsubscribe();
  return refusal === undefined;
}
