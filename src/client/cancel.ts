import { cancel } from "../operate/cancel.ts";
import type { Cancellation } from "../operate/cancel-on-node.ts";
import { outcomeOf } from "../send/outcome.ts";
import type { Duration } from "../util/duration.ts";
import { resolve, type Targets } from "./draft.ts";
import { waitOf, type Signal, type Until } from "./options.ts";
import { resultOf, type Result } from "./result.ts";
import type { Session } from "./session.ts";

export interface CancelOptions extends Signal, Pick<Until, "enough"> {
  /** Only on these nodes; unless given, on all that it was sent to. */
  readonly nodes?: Targets | undefined;
  /** How long a run may take to end; unless given, 30s. */
  readonly wait?: Duration | undefined;
  /** Who cancels it; unless given, as the client was told. */
  readonly from?: string | undefined;
  /** Called with what comes of it on each node. */
  readonly onDecided?: ((cancellation: Cancellation) => void) | undefined;
}

/** How a cancelled message stands; `pending` are the nodes on which nobody knows yet how it ends. */
export interface CancelResult extends Result {
  /** It is cancelled on all nodes, now or before. */
  readonly ok: boolean;
  readonly cancellations: readonly Cancellation[];
}

/** Takes a message back. @throws StewardError notFound, brokerRefused */
export async function cancelOf(session: Session, id: string, options: CancelOptions): Promise<CancelResult> {
  const { nodes, wait = "30s", from = session.from, onDecided } = options;
  const waitMs = waitOf(wait);
  const cancellations: Cancellation[] = [];
  await session.run(options, async (signal) => {
    const meant = nodes === undefined ? undefined : (await resolve(session, nodes)).nodes;
    await cancel(session.broker, id, { by: from, nodes: meant, waitMs, signal }, (one) => {
      cancellations.push(one);
      onDecided?.(one);
    });
  });
  const standings = cancellations.map((one) => outcomeOf(one.address, one.kind === "ended" ? one.ack : undefined));
  return { ...resultOf(standings, ({ state }) => state === "cancelled"), cancellations };
}
