import type { Msg } from "nats";
import { setTimeout as delay } from "node:timers/promises";
import { StewardError } from "../../protocol/errors.ts";
import { SilenceError, type Broker } from "../connection/broker.ts";
import { serverCodes } from "../connection/server-codes.ts";
import { onLeader } from "../read/leader-get.ts";
import { publishOnce } from "../write/publish.ts";
import { isOldQueue, lookAtMove, moveNames } from "./next-step.ts";

const lookMs = 50;
/** The longest time that the broker may need to delete the old queue, in milliseconds. */
const patience = 30_000;

/**
 * Deletes the old queue, if `isShown`, and waits until nothing of it is left. A queue that the broker does not show any
 * more may still be on its disk. Then the rest of the deletion would destroy the files of a new queue. So this function
 * waits for the broker's report that the deletion has ended. Without a report, it waits for `patienceMs`. Resolves to
 * false if the broker still shows a queue: the old one, or the new one of another program. Rejects with silence (see
 * `isSilence`) if it is unknown whether the broker got the request.
 * @throws StewardError brokerRefused
 */
export async function deleteOldQueue(
  broker: Broker,
  isShown: boolean,
  patienceMs: number = patience,
): Promise<boolean> {
  const { queue, deletion } = moveNames(broker);
  let isReported = false;
  const reports = broker.nc.subscribe("$JS.EVENT.ADVISORY.API", {
    callback: (error, msg) => {
      if (error === null && reportsDeletion(msg, queue)) isReported = true;
    },
  });
  const isGone = (): Promise<boolean> => untilGone(broker, () => isReported, patienceMs);
  try {
    // Only one program may ask, and only again if the broker has not deleted the queue for some time.
    const asked = isShown ? await onLeader(broker, queue, { last_by_subj: deletion }) : undefined;
    if (asked !== null && (await isGone())) return true;
    if (asked === undefined) return false;
    const header = { "Nats-Expected-Last-Subject-Sequence": String(asked?.seq ?? 0) };
    const result = await publishOnce(broker, deletion, "", header);
    if (result.kind === "unknown") throw new SilenceError(result.reason);
    if (result.kind === "stored" || result.code === serverCodes.wrongLastSequence) return await isGone();
    throw new StewardError("brokerRefused", `the broker does not delete the old queue: ${result.reason}`);
  } finally {
    reports.unsubscribe();
  }
}

/** True for the report of the broker that it has deleted the stream. Without the right to hear it, none comes. */
function reportsDeletion(msg: Msg, stream: string): boolean {
  const { subject, response } = msg.json<{ readonly subject?: string; readonly response?: string }>();
  return subject === `$JS.API.STREAM.DELETE.${stream}` && response?.includes('"success":true') === true;
}

async function untilGone(broker: Broker, isReported: () => boolean, patienceMs: number): Promise<boolean> {
  for (const end = performance.now() + patienceMs; ; await delay(lookMs)) {
    const seen = await lookAtMove(broker);
    if (seen.queue !== undefined && !isOldQueue(seen)) return false;
    const isOver = performance.now() >= end;
    if (seen.queue === undefined && (isOver || isReported())) return true;
    if (isOver) return false;
  }
}
