import { jetstreamManager, JetStreamApiError, type JetStreamManager, type StreamConfig } from "@nats-io/jetstream";
import type { NatsConnection } from "nats";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { assertServer } from "./assert-server.ts";
import { type Drift, driftOf } from "./drift.ts";
import { patiently } from "./patiently.ts";
import { type ShippedStream, shippedStreams } from "./shipped-streams.ts";

export interface TopologyOptions {
  readonly namespace: string;
  /** Copies of each stream that is created, 1 unless given. An existing stream is held to it only when it is given. */
  readonly replicas?: number;
  /** Keep an archive of the ACKS for so many milliseconds. Without it the archive is neither created nor looked at. */
  readonly archive?: number;
}

export interface TopologyReport {
  readonly streams: readonly StreamReport[];
}

export type StreamReport =
  | { readonly kind: "created" | "ok" | "missing"; readonly stream: string }
  | { readonly kind: "drifted"; readonly stream: string; readonly drift: readonly Drift[] };

/**
 * Creates the streams and buckets that are missing. What exists is never changed: where it differs from what is
 * shipped, the report says so. May be called by several at once, and on a cluster that is only just forming.
 * @throws StewardError brokerTooOld, jetStreamOff, brokerUnreachable or brokerRefused
 */
export async function applyTopology(nc: NatsConnection, options: TopologyOptions): Promise<TopologyReport> {
  return visit(nc, options, create);
}

/** Compares the streams and buckets with what is shipped, and changes nothing. Throws as `applyTopology`. */
export async function checkTopology(nc: NatsConnection, options: TopologyOptions): Promise<TopologyReport> {
  return visit(nc, options, async (_jsm, { name }) => ({ kind: "missing", stream: name }));
}

type WhenMissing = (jsm: JetStreamManager, wanted: ShippedStream) => Promise<StreamReport>;

async function visit(nc: NatsConnection, options: TopologyOptions, whenMissing: WhenMissing): Promise<TopologyReport> {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  await assertServer(nc, jsm);
  const replicas = options.replicas === undefined ? {} : { num_replicas: options.replicas };
  const streams: StreamReport[] = [];
  for (const shipped of shippedStreams(options.namespace, options.archive)) {
    const wanted = { ...shipped, ...replicas };
    streams.push((await compare(jsm, wanted)) ?? (await whenMissing(jsm, wanted)));
  }
  return { streams };
}

async function compare(jsm: JetStreamManager, wanted: ShippedStream): Promise<StreamReport | undefined> {
  const stream = wanted.name;
  try {
    const { config } = await patiently(() => jsm.streams.info(stream));
    const drift = driftOf(wanted, { ...config });
    return drift.length === 0 ? { kind: "ok", stream } : { kind: "drifted", stream, drift };
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === streamNotFound) return undefined;
    throw error;
  }
}

async function create(jsm: JetStreamManager, wanted: ShippedStream): Promise<StreamReport> {
  const stream = wanted.name;
  try {
    await patiently(() => jsm.streams.add({ ...wanted } as StreamConfig & { name: string }));
    return { kind: "created", stream };
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === nameTaken) {
      const theirs = await compare(jsm, wanted);
      if (theirs !== undefined) return theirs;
    }
    if (error instanceof StewardError) throw error;
    throw new StewardError("brokerRefused", `the broker did not create the stream ${stream}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

const streamNotFound = 10_059;
/** Somebody created it between our look and our request, and not quite as we would have. */
const nameTaken = 10_058;
