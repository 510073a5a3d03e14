import { cancel } from "../operate/cancel.ts";
import type { Cancellation } from "../operate/cancel-on-node.ts";
import { StewardError } from "../protocol/errors.ts";
import { outcomeOf } from "../send/outcome.ts";
import type { Duration } from "../util/duration.ts";
import { resolve, type Targets } from "./draft.ts";
import { waitOf, type Signal, type Until } from "./options.ts";
import { resultOf, type Result } from "./result.ts";
import type { Session } from "./session.ts";

export interface CancelOptions extends Signal, Pick<Until, "enough"> {
  /** Cancels the message only on these nodes. Default: on all nodes of the message. */
  readonly nodes?: Targets | undefined;
  /** How long a run may take to end. Default: 30s. */
  readonly wait?: Duration | undefined;
  /** The name of the operator. Default: `from` of the client. */
  readonly from?: string | undefined;
  /** Called for each node, with the result on this node. */
  readonly onDecided?: ((cancellation: Cancellation) => void) | undefined;
}

/** The result of a cancel. `pending` contains the nodes on which it is not known yet how the message ends. */
export interface CancelResult extends Result {
  /** True if the message is cancelled on all nodes, by this cancel or an earlier cancel. */
  readonly ok: boolean;
  readonly cancellations: readonly Cancellation[];
}

/** Cancels a message. @throws StewardError notFound, brokerRefused, noMatch, usage */
export async function cancelOf(session: Session, id: string, options: CancelOptions): Promise<CancelResult> {
  const { nodes, wait = "30s", from = session.from, onDecided, enough: _enough, signal: _signal, ...unknown } = options;
  // A misspelt option `nodes` would cancel the message on all nodes.
  const [key] = Object.keys(unknown);
  if (key !== undefined) throw new StewardError("usage", `${key}: unknown option of cancel`);
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
