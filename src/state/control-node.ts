import type { Broker } from "../broker/connection/broker.ts";
import { askNode } from "../broker/control/ask-node.ts";
import type { ControlVerb } from "../protocol/control.ts";
import { StewardError } from "../protocol/errors.ts";
import { neverSeen, unknownNode } from "./known-nodes.ts";

/** The time for the answer of a daemon, in milliseconds. The daemon may have to store a hold before it answers. */
const answerWait = 5000;

/**
 * Sends a control request to a node's daemon. Resolves to its answer.
 * @throws StewardError refused, nodeSilent, nodeDown, neverSeen
 */
export async function controlNode(
  broker: Broker,
  node: string,
  verb: ControlVerb,
  request: object = {},
): Promise<unknown> {
  const answer = await askNode(broker, node, verb, answerWait, request);
  if (answer.kind === "answered") return answer.body;
  if (answer.kind === "refused") throw new StewardError("refused", `${node} refused ${verb}: ${answer.reason}`);
  if (answer.kind === "silent") {
    throw new StewardError(
      "nodeSilent",
      `not responding: the daemon of ${node} is connected but does not answer; it may be suspended`,
    );
  }
  const [unseen] = await neverSeen(broker, [node]);
  if (unseen === undefined) throw new StewardError("nodeDown", `node down: no daemon of ${node} is connected`);
  throw await unknownNode(broker, node);
}
