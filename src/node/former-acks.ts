import { isKnownState, type Ack } from "../protocol/ack.ts";
import { StewardError } from "../protocol/errors.ts";

/**
 * True if a program that is not a daemon may have written this final ACK. Such programs cancel messages. A newer one
 * may also end a message in a state that is unknown here.
 */
export function mayEndOthers({ state }: Ack): boolean {
  return state === "cancelled" || !isKnownState(state);
}

export function replaced(ack: Ack): StewardError {
  return new StewardError("replaced", `the journal of ${ack.id} was continued by the daemon instance ${ack.instance}`);
}
