import { parseDuration } from "../protocol/duration.ts";
import { inParallel } from "../protocol/in-parallel.ts";
import { messageSubject, type Address } from "../protocol/subjects.ts";
import type { Broker } from "./broker.ts";
import { lastOnSubject } from "./direct-get.ts";
import { streamInfo } from "./queue.ts";

/**
 * Those of some messages that stand in the queue for longer than their `expires`, by the broker's clock. Where such a
 * one has not begun it will not run any more, and its node records that as soon as it is back.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function outlived<A extends Address>(broker: Broker, addresses: readonly A[]): Promise<A[]> {
  if (addresses.length === 0) return [];
  const { ts = "" } = await streamInfo(broker, broker.names.messages);
  const now = Date.parse(ts);
  const late = await inParallel(addresses, 100, async (address) => (await expiryOf(broker, address)) < now);
  return addresses.filter((_address, at) => late[at]);
}

/** When a message in the queue expires, in milliseconds since 1970; never when it need not, or is not there. */
async function expiryOf(broker: Broker, address: Address): Promise<number> {
  const found = await lastOnSubject(broker, broker.names.messages, messageSubject(broker.namespace, address));
  if (found === undefined) return Infinity;
  return found.storedAt + (parseDuration(expiresIn(found.data)) ?? Infinity);
}

function expiresIn(payload: Uint8Array): string {
  try {
    const { expires } = JSON.parse(Buffer.from(payload).toString()) as { readonly expires?: unknown };
    return typeof expires === "string" ? expires : "";
  } catch {
    return "";
  }
}
