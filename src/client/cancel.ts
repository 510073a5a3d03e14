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
  /** Only on these nodes; default: on all nodes of the message. */
  readonly nodes?: Targets | undefined;
  /** How long a run may take to end; default 30s. */
  readonly wait?: Duration | undefined;
  /** The operator's name; default: the client's. */
  readonly from?: string | undefined;
  /** Called with the result on each node. */
  readonly onDecided?: ((cancellation: Cancellation) => void) | undefined;
}

/** The result of a cancel. `pending`: the nodes on which it is not known yet how the message ends. */
export interface CancelResult extends Result {
  /** The message is cancelled on all nodes, now or before. */
  readonly ok: boolean;
  readonly cancellations: readonly Cancellation[];
}

/** Cancels a message. @throws StewardError notFound, brokerRefused, noMatch, usage */
export async function cancelOf(session: Session, id: string, options: CancelOptions): Promise<CancelResult> {
  const { nodes, wait = "30s", from = session.from, onDecided, enough: _enough, signal: _signal, ...unknown } = options;
  // A misspelt `nodes` would cancel it on all nodes.
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
