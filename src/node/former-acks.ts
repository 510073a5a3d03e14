import { isKnownState, type Ack } from "../protocol/ack.ts";
import { StewardError } from "../protocol/errors.ts";

/** Who cancels is no daemon; and a newer peer may end a message in a way that is not known here. */
export function mayEndOthers({ state }: Ack): boolean {
  return state === "cancelled" || !isKnownState(state);
}

export function replaced(ack: Ack): StewardError {
  return new StewardError("replaced", `the journal of ${ack.id} was continued by the daemon instance ${ack.instance}`);
}
