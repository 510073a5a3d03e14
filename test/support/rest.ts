import type { ClientOperation } from "./client-operations.ts";

/** Lets a node come to rest after a second instead of a minute, by a change of its requests for messages. */
export function restSoon({ subject, bytes }: ClientOperation): void {
  if (!subject.startsWith("$JS.API.CONSUMER.MSG.NEXT.")) return;
  const hurried = bytes
    .toString("latin1")
    .replace(':60000000000,"idle_heartbeat":2000000000', ': 1000000000,"idle_heartbeat": 500000000');
  bytes.write(hurried, "latin1");
}

/** True for a request for messages of a node that rests. */
export function asksAtRest({ subject, payload }: ClientOperation): boolean {
  return subject.startsWith("$JS.API.CONSUMER.MSG.NEXT.") && payload.includes('"idle_heartbeat":0');
}
