import { isKnownState, type Ack } from "../protocol/ack.ts";
import { StewardError } from "../protocol/errors.ts";

/**
 * A cancel is written by other programs than the daemon; and a newer one may end a message in a state that is unknown
 * here.
 */
export function mayEndOthers({ state }: Ack): boolean {
  return state === "cancelled" || !isKnownState(state);
}

export function replaced(ack: Ack): StewardError {
  return new StewardError("replaced", `the journal of ${ack.id} was continued by the daemon instance ${ack.instance}`);
}
