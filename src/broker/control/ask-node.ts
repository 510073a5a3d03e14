import { errors } from "nats";
import type { ControlVerb } from "../../protocol/control.ts";
import { controlSubject } from "../../protocol/subjects.ts";
import { toJson } from "../../util/json.ts";
import type { Broker } from "../connection/broker.ts";
import { errorCodeHeader, errorHeader } from "./micro-service.ts";

export type ControlAnswer =
  | { readonly kind: "answered"; readonly body: unknown }
  /** The daemon refuses the request. `reason` is one line of text. */
  | { readonly kind: "refused"; readonly reason: string }
  /** There is no subscriber, because no daemon of this node is connected to the broker. */
  | { readonly kind: "nobody" }
  /**
   * No answer came in time. The daemon is connected but does not answer, for instance because it is suspended; or the
   * broker is away.
   */
  | { readonly kind: "silent" };

/** Sends a request to a node's daemon. The request is sent as JSON. */
export async function askNode(
  broker: Broker,
  node: string,
  verb: ControlVerb,
  timeoutMs: number,
  request?: object,
): Promise<ControlAnswer> {
  try {
    const subject = controlSubject(broker.namespace, node, verb);
    const body = request === undefined ? "" : toJson(request);
    const reply = await broker.request(subject, body, { timeout: timeoutMs });
    if (reply.headers?.has(errorCodeHeader) !== true) return { kind: "answered", body: reply.json() };
    return { kind: "refused", reason: reply.headers.get(errorHeader) };
  } catch (error) {
    if (error instanceof errors.TimeoutError) return { kind: "silent" };
    if (error instanceof errors.NoRespondersError) return { kind: "nobody" };
    if (error instanceof errors.RequestError && error.isNoResponders()) return { kind: "nobody" };
    throw error;
  }
}
