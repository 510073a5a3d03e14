import { isKnownState, type Ack } from "../protocol/ack.ts";
import { StewardError } from "../protocol/errors.ts";

/**
 * True if a program other than the daemon may have written this final ACK. Other programs write cancels. A newer
 * program may end a message in a state that is unknown here.
 */
export function mayEndOthers({ state }: Ack): boolean {
  return state === "cancelled" || !isKnownState(state);
}

export function replaced(ack: Ack): StewardError {
  return new StewardError("replaced", `the journal of ${ack.id} was continued by the daemon instance ${ack.instance}`);
}
