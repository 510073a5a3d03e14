import { errors } from "nats";
import { controlSubject } from "../protocol/subjects.ts";
import type { Broker } from "./broker.ts";

export type ControlAnswer =
  | { readonly kind: "answered"; readonly body: unknown }
  /** Nobody listens: no daemon of this node is connected to the broker. */
  | { readonly kind: "nobody" }
  /** Somebody is connected and does not answer, such as a stopped process. */
  | { readonly kind: "silent" };

/** Asks a node's daemon. */
export async function askNode(broker: Broker, node: string, verb: string, timeoutMs: number): Promise<ControlAnswer> {
  try {
    const subject = controlSubject(broker.namespace, node, verb);
    const reply = await broker.request(subject, "", { timeout: timeoutMs });
    return { kind: "answered", body: reply.json() };
  } catch (error) {
    if (error instanceof errors.TimeoutError) return { kind: "silent" };
    if (error instanceof errors.NoRespondersError) return { kind: "nobody" };
    if (error instanceof errors.RequestError && error.isNoResponders()) return { kind: "nobody" };
    throw error;
  }
}

/** Answers a verb of a node's live control for as long as the connection lives. */
export function serveControl(broker: Broker, node: string, verb: string, answer: () => unknown): void {
  broker.nc.subscribe(controlSubject(broker.namespace, node, verb), {
    callback: (error, msg) => {
      if (error === null) msg.respond(JSON.stringify(answer()));
    },
  });
}
