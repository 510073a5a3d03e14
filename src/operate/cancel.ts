import type { Broker } from "../broker/connection/broker.ts";
import { Journal } from "../broker/write/journal.ts";
import { StewardError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import type { Address } from "../protocol/subjects.ts";
import { addressesOf } from "../state/places.ts";
import { deadline } from "../util/deadline.ts";
import { inParallel } from "../util/in-parallel.ts";
import { cancelOnNode, type Cancellation } from "./cancel-on-node.ts";

export interface CancelOptions {
  /** The name of the operator who cancels. The name must be a token. */
  readonly by: string;
  /** Cancels the message only on these nodes. Default: on all nodes to which the message was sent. */
  readonly nodes?: readonly string[] | undefined;
  /** How long running messages may take to end, in milliseconds. */
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

/** How long the broker may be unreachable, in milliseconds. */
const patience = 30_000;
/** The largest number of nodes at the same time. */
const concurrency = 50;

/**
 * Cancels a message on every node to which it was sent, and reports each result. The cancel and the node both write to
 * the journal, and only the first write counts. So a message that was cancelled in the queue never runs.
 * @throws StewardError notFound, noMatch for an empty list of nodes, streamsMissing, brokerRefused
 */
export async function cancel(
  broker: Broker,
  id: string,
  { by, nodes, waitMs, signal }: CancelOptions,
  onDecided: (cancellation: Cancellation) => void,
): Promise<void> {
  const addresses = await addressesOn(broker, id, nodes);
  using limit = deadline(patience + waitMs, signal);
  let trouble = "the broker did not confirm in time";
  const journal = new Journal(broker, limit.signal, (reason) => (trouble = reason));
  const canceller = { broker, journal, by, instance: newId(), waitMs, signal: limit.signal };
  await inParallel(addresses, concurrency, async (address) => {
    try {
      onDecided(await cancelOnNode(address, canceller));
    } catch (error) {
      if (!limit.signal.aborted) throw error;
      onDecided({ kind: "undecided", address, reason: signal?.aborted === true ? "interrupted" : trouble });
    }
  });
}

async function addressesOn(broker: Broker, id: string, nodes: readonly string[] | undefined): Promise<Address[]> {
  if (nodes?.length === 0) throw new StewardError("noMatch", "no matching node: nodes is empty");
  const [only, another] = nodes ?? [];
  if (nodes === undefined || another === undefined) return addressesOf(broker, id, only);
  const addresses = (await addressesOf(broker, id)).filter(({ node }) => nodes.includes(node));
  if (addresses.length > 0) return addresses;
  throw new StewardError("notFound", `message not found: no ${id} in the queue or in the log for ${nodes.join(", ")}`);
}
