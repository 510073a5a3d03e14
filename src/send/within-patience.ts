import { StewardError } from "../protocol/errors.ts";
import type { Address } from "../protocol/subjects.ts";
import { deadline } from "../util/deadline.ts";
import { formatDuration } from "../util/duration.ts";
import { onAbort } from "../util/on-abort.ts";

/** How long a send tries to have its messages stored unless told, in milliseconds. */
const storeWait = 30_000;

/**
 * Runs what stores messages; gives up after `waitMs`, or when the user ends it. Then nobody knows whether they are stored.
 * @throws StewardError unconfirmed or stopped, with the ids; what `action` throws
 */
export async function withinPatience<T>(
  messages: readonly Pick<Address, "id">[],
  signal: AbortSignal | undefined,
  action: (patience: AbortSignal) => Promise<T>,
  waitMs: number = storeWait,
): Promise<T> {
  using patience = deadline(waitMs, signal);
  const givenUp = new Promise<never>((_resolve, reject) => {
    onAbort(patience.signal, () => reject(unconfirmed(messages, waitMs, signal)));
  });
  return await Promise.race([givenUp, action(patience.signal)]);
}

/** What can be done by somebody who does not know. */
export const wayToTell = "`steward status` with the id tells; sending again with the same id runs nothing twice";

function unconfirmed(
  messages: readonly Pick<Address, "id">[],
  waitMs: number,
  signal: AbortSignal | undefined,
): StewardError {
  const ids = [...new Set(messages.map(({ id }) => id))].join(", ");
  const options = { id: messages[0]?.id };
  if (signal?.aborted === true) {
    return new StewardError(
      "stopped",
      `interrupted before the broker confirmed that it stored ${ids}; ${wayToTell}`,
      options,
    );
  }
  return new StewardError(
    "unconfirmed",
    `the broker did not confirm within ${formatDuration(waitMs)} that it stored ${ids}; ${wayToTell}`,
    options,
  );
}
