import { errors } from "nats";
import { isSilence, SilenceError, type Broker } from "../connection/broker.ts";

/** The timeout of each try to create a lost consumer, in milliseconds. An answer takes a few milliseconds. */
const triesMs = [1000, 1000, 2000, 4000];

/** True if no server has the node's consumer, because the consumer does not exist, or because its server is away. */
export async function nobodyHas(broker: Broker, node: string): Promise<boolean> {
  try {
    // A consumer refuses this request, because the body is not JSON. A valid request could cause a delivery.
    await broker.request(`$JS.API.CONSUMER.MSG.NEXT.${broker.names.messages}.${node}`, "{", { timeout: 1000 });
    return false;
  } catch (error) {
    if (error instanceof errors.RequestError && error.isNoResponders()) return true;
    if (isSilence(error)) return false;
    throw error;
  }
}

/**
 * Deletes the node's consumer, whose server is away, and creates it on another server. `create` creates the consumer
 * within the given timeout. The consumer loses only its position, and the caller resets the consumer afterwards.
 */
export async function createElsewhere(
  broker: Broker,
  node: string,
  create: (timeout: number) => Promise<void>,
): Promise<void> {
  for (const timeout of triesMs) {
    // Does not wait for the answer, which only the server that is away could give. The other servers forget the
    // consumer before they handle the creation. When that server is back, it deletes its old consumer.
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
