import { errors } from "nats";
import { isSilence, SilenceError, type Broker } from "../connection/broker.ts";

/** The timeout of each try to create a lost consumer, in milliseconds. An answer takes a few milliseconds. */
const triesMs = [1000, 1000, 2000, 4000];

/** True if no server has the node's consumer. The consumer does not exist, or the server that held it is away. */
export async function nobodyHas(broker: Broker, node: string): Promise<boolean> {
  try {
    // A consumer refuses this request, because the body is not JSON. A proper request could take a message.
    await broker.request(`$JS.API.CONSUMER.MSG.NEXT.${broker.names.messages}.${node}`, "{", { timeout: 1000 });
    return false;
  } catch (error) {
    if (error instanceof errors.RequestError && error.isNoResponders()) return true;
    if (isSilence(error)) return false;
    throw error;
  }
}

/**
 * Deletes the node's consumer, whose server is away, and creates it on another server. `create` creates the consumer,
 * and gets its timeout. The consumer has no other state than its position, and a reset follows.
 */
export async function createElsewhere(
  broker: Broker,
  node: string,
  create: (timeout: number) => Promise<void>,
): Promise<void> {
  for (const timeout of triesMs) {
    // Only the server that is away could answer. The other servers forget the consumer, and do so before they create it.
    // When that server is back, it removes what it had.
    broker.nc.publish(`$JS.API.CONSUMER.DELETE.${broker.names.messages}.${node}`);
    try {
      return await create(timeout);
    } catch (error) {
      // For some seconds, the cluster may choose the server that is away again. Then there is no answer.
      if (!(error instanceof errors.TimeoutError)) throw error;
      if (!(await nobodyHas(broker, node))) return;
    }
  }
  throw new SilenceError(`the consumer of ${node} cannot be created on another server yet`);
}
