import type { Logger } from "pino";
import type { Queue } from "../broker/write/queue.ts";
import { messageOf } from "../protocol/errors.ts";
import type { Message } from "../protocol/message.ts";

/** Sends notices one after the other. One that the broker refuses is told in the log and given up. */
export async function tell(queue: Queue, notices: readonly Message[], log: Logger, signal: AbortSignal): Promise<void> {
  for (const notice of notices) {
    try {
      await queue.send([notice], { signal });
    } catch (error) {
      signal.throwIfAborted();
      log.error({ id: notice.id, to: notice.node }, `a notice was not stored: ${messageOf(error)}`);
    }
  }
}
