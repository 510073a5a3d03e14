import { StewardError } from "../protocol/errors.ts";
import type { Address } from "../protocol/subjects.ts";
import { deadline } from "../util/deadline.ts";
import { formatDuration } from "../util/duration.ts";
import { onAbort } from "../util/on-abort.ts";

/** The default time in which a send tries to store its messages, in milliseconds. */
const storeWait = 30_000;

/**
 * Runs an action that stores messages. Gives up after `waitMs`, or when the user interrupts the action. After giving
 * up, it is unknown whether the messages are stored.
 * @throws StewardError unconfirmed or stopped, with the ids; the errors of `action`
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

/** The advice for a user if it is unknown whether a message is stored. */
export const wayToCheck =
  "check with `steward status` and the id, or send again with the same id: it will not run twice";

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
      `interrupted before the broker confirmed that it stored ${ids}; ${wayToCheck}`,
      options,
    );
  }
  return new StewardError(
    "unconfirmed",
    `the broker did not confirm within ${formatDuration(waitMs)} that it stored ${ids}; ${wayToCheck}`,
    options,
  );
}
