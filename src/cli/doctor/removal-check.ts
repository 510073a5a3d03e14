import type { Broker } from "../../broker/connection/broker.ts";
import { queueKind } from "../../operate/move-old-queue.ts";
import { listed, namesOf, oldDaemons } from "../../operate/old-daemons.ts";
import { failed, ok, warning, type Finding } from "./check.ts";

/** Checks that the queue has the form of this version, and that all daemons remove their ended messages. */
export async function removal(broker: Broker): Promise<Finding> {
  const { messages } = broker.names;
  const kind = await queueKind(broker);
  if (kind === "moving") {
    return failed(`the move of ${messages} has not ended, and senders wait for it`, "continue it with `steward init`");
  }
  const old = await oldDaemons(broker);
  if (kind === "old") {
    const first = old.length === 0 ? "" : `update Steward on ${namesOf(old)}, and start their daemons; then `;
    return warning(`${messages} is a work queue of an older version`, `${first}move it with \`steward init\``);
  }
  if (old.length === 0) return ok("each node removes its ended messages");
  return warning(listed(old), "update Steward there; until then, their ended messages stay in the queue");
}
