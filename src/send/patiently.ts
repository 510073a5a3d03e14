import { StewardError } from "../protocol/errors.ts";
import type { Address } from "../protocol/subjects.ts";
import { deadline } from "../util/deadline.ts";
import { formatDuration } from "../util/duration.ts";
import { onAbort } from "../util/on-abort.ts";

/** How long a send tries to have its messages stored, in milliseconds. */
const storeWait = 30_000;

/**
 * Runs what stores messages; gives up after 30 s, or when the user ends it. Then nobody knows whether they are stored.
 * @throws StewardError notStored or stopped, with the ids; what `action` throws
 */
export async function patiently<T>(
  messages: readonly Pick<Address, "id">[],
  signal: AbortSignal | undefined,
  action: (patience: AbortSignal) => Promise<T>,
): Promise<T> {
  using patience = deadline(storeWait, signal);
  const givenUp = new Promise<never>((_resolve, reject) => {
    onAbort(patience.signal, () => reject(unconfirmed(messages, signal)));
  });
  return await Promise.race([givenUp, action(patience.signal)]);
}

/** What can be done by somebody who does not know. */
export const wayToTell = "`steward status` with the id tells; sending again with --id runs nothing twice";

function unconfirmed(messages: readonly Pick<Address, "id">[], signal: AbortSignal | undefined): StewardError {
  const ids = [...new Set(messages.map(({ id }) => id))].join(", ");
  if (signal?.aborted === true) {
    return new StewardError("stopped", `interrupted before the broker confirmed that it stored ${ids}; ${wayToTell}`);
  }
  return new StewardError(
    "notStored",
    `the broker did not confirm within ${formatDuration(storeWait)} that it stored ${ids}; ${wayToTell}`,
  );
}
