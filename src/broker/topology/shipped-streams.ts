import acks from "../../../streams/acks.json" with { type: "json" };
import archive from "../../../streams/archive.json" with { type: "json" };
import files from "../../../streams/files.json" with { type: "json" };
import groups from "../../../streams/groups.json" with { type: "json" };
import messages from "../../../streams/messages.json" with { type: "json" };
import nodes from "../../../streams/nodes.json" with { type: "json" };
import presence from "../../../streams/presence.json" with { type: "json" };
import schedules from "../../../streams/schedules.json" with { type: "json" };

/** A stream's configuration from `streams/*.json`. It has the fields that Steward needs, in the server's words. */
export interface ShippedStream {
  readonly name: string;
  readonly num_replicas?: number;
  readonly [field: string]: unknown;
}

/**
 * The shipped configurations in a namespace. A stream comes after the streams that it sources. The archive is included
 * only if `archiveMs`, its age in milliseconds, is given.
 */
export function shippedStreams(namespace: string, archiveMs?: number): readonly ShippedStream[] {
  const shipped: ShippedStream[] = [schedules, messages, acks, nodes, presence, groups, files];
  if (archiveMs !== undefined) shipped.push({ ...archive, max_age: archiveMs * nanosPerMs });
  return shipped.map((stream) => inNamespace(stream, namespace));
}

const nanosPerMs = 1_000_000;

/**
 * The configuration with which a stream is created. The sequences of a new queue begin at the present time, in
 * milliseconds since 1970. So a queue that was deleted and created again never uses a sequence again, and a removal that
 * is still on its way cannot remove another message.
 */
export function asNew(stream: ShippedStream): ShippedStream {
  return stream.name.endsWith("_MESSAGES") ? { ...stream, first_seq: Date.now() } : stream;
}

/**
 * Moves a stream into a namespace. The files contain the namespace `steward` in names (`STEWARD_…`) and in subjects
 * (`steward.…`).
 */
function inNamespace(stream: ShippedStream, namespace: string): ShippedStream {
  const text = JSON.stringify(stream)
    .replaceAll("STEWARD_", `${namespace.toUpperCase()}_`)
    .replaceAll("steward.", `${namespace}.`);
  return JSON.parse(text) as ShippedStream;
}
