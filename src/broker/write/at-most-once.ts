import { StewardError } from "../../protocol/errors.ts";
import type { Message } from "../../protocol/message.ts";
import { formatDuration, parseDuration } from "../../util/duration.ts";
import type { Broker } from "../connection/broker.ts";
import { streamInfo } from "../read/stream-info.ts";
import { journalMargin } from "./journal.ts";

/**
 * Makes each at-most-once message expire before the journal forgets the ACKs of the message. Without these ACKs, nobody
 * could know whether the message has run. While the broker is away, the function asks again, until `signal` is aborted.
 * @throws StewardError badMessage if a message has a longer expiry
 */
export async function expireBeforeForgotten(
  broker: Broker,
  messages: readonly Message[],
  signal?: AbortSignal,
): Promise<readonly Message[]> {
  if (messages.every(({ delivery }) => delivery !== "atMostOnce")) return messages;
  const { config } = await broker.untilAnswered(() => streamInfo(broker, broker.names.acks), signal);
  const keeps = Math.floor((config?.max_age ?? 0) / 1e6);
  if (keeps === 0) return messages;
  const longest = keeps - journalMargin;
  return messages.map((message) => {
    if (message.delivery !== "atMostOnce") return message;
    const asked = message.expires === undefined ? undefined : parseDuration(message.expires);
    if (longest > 0 && asked === undefined) return { ...message, expires: formatDuration(longest) };
    if (asked !== undefined && asked <= longest) return message;
    const most = longest > 0 ? `must expire within ${formatDuration(longest)}` : "cannot be sent";
    throw new StewardError(
      "badMessage",
      `an at-most-once message ${most}, because the stream of ACKs keeps only ${formatDuration(keeps)}`,
    );
  });
}
