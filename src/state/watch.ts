import type { Broker } from "../broker/connection/broker.ts";
import { listen, type Heard } from "../broker/control/listen.ts";
import { parseAck, type Ack } from "../protocol/ack.ts";
import type { Message } from "../protocol/message.ts";
import { originalOf } from "../protocol/original.ts";
import {
  ackedFilter,
  messageFilter,
  parseAckedSubject,
  parseMessageSubject,
  parseScheduleSubject,
  scheduleFilter,
  type Address,
} from "../protocol/subjects.ts";
import { onAbort } from "../util/on-abort.ts";
import { Feed } from "./feed.ts";
import { selects, tokensOf, type Selection } from "./selection.ts";

/** Something that happens in the fleet, with the time by the clock of this machine. */
export type Happening = { readonly at: Date; readonly address: Address } & (
  | {
      /** A message or a schedule was published. The broker may still refuse it. */
      readonly kind: "published" | "scheduled";
      readonly message: Message | undefined;
    }
  /** An ACK was stored. */
  | { readonly kind: "acked"; readonly ack: Ack }
);

/**
 * Listens to messages, schedules and ACKs as they happen, until `signal` aborts. Resolves when it listens. No stream is
 * read, so what happens while the connection is lost is missing. A firing of a schedule is first seen at its first ACK.
 */
export async function watch(broker: Broker, selection: Selection, signal: AbortSignal): Promise<Feed<Happening>> {
  const { namespace } = broker;
  const isMeant = selects(selection);
  const feed = new Feed<Happening>();
  const subjects = tokensOf(selection).flatMap((tokens) => [
    messageFilter(namespace, tokens),
    scheduleFilter(namespace, tokens),
    ackedFilter(namespace, tokens),
  ]);
  const stop = await listen(broker, subjects, {
    heard: (heard) => {
      const happening = happeningOf(heard, new Date());
      if (happening !== undefined && isMeant(happening.address)) feed.push(happening);
    },
    failed: (error) => feed.end(error),
  });
  onAbort(signal, () => {
    stop();
    feed.end();
  });
  return feed;
}

function happeningOf({ subject, data }: Heard, at: Date): Happening | undefined {
  const sent = parseMessageSubject(subject);
  if (sent !== undefined) return { at, kind: "published", address: sent, message: originalOf(data).message };
  const schedule = parseScheduleSubject("schedule", subject);
  if (schedule !== undefined) return { at, kind: "scheduled", address: schedule, message: originalOf(data).message };
  const [address, ack] = [parseAckedSubject(subject), parseAck(data)];
  return address === undefined || ack === undefined ? undefined : { at, kind: "acked", address, ack };
}
