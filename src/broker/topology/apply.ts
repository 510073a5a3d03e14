import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "nats";
import { StewardError } from "../../protocol/errors.ts";
import { limitsTooLow } from "./account-limits.ts";
import { type Drift, driftOf } from "./drift.ts";
import { refusal, saysMissing, saysTaken, saysTooMany } from "./server-answers.ts";
import { asNew, type ShippedStream, shippedStreams } from "./shipped-streams.ts";
import { whileForming } from "./while-forming.ts";

export interface TopologyOptions {
  readonly namespace: string;
  /**
   * The number of replicas of each stream that is created; by default 1. The replicas of an existing stream are
   * compared only if this option is set.
   */
  readonly replicas?: number | undefined;
  /**
   * Keeps an archive of the ACKs for this number of milliseconds. If undefined, the archive is neither created nor
   * checked.
   */
  readonly archive?: number | undefined;
}

export interface TopologyReport {
  readonly streams: readonly StreamReport[];
}

export type StreamReport =
  /** `moved` is a queue that was created again, with the messages of the queue of an older version. */
  | { readonly kind: "created" | "ok" | "missing" | "moved"; readonly stream: string }
  | { readonly kind: "drifted"; readonly stream: string; readonly drift: readonly Drift[] };

/**
 * Creates the missing streams and buckets. An existing stream is never changed. If an existing stream differs from the
 * shipped configuration, the report lists the differences. Several calls at the same time are safe, even on a cluster
 * that is still forming.
 * @throws StewardError jetStreamOff, brokerUnreachable or brokerRefused
 */
export function applyTopology(nc: NatsConnection, options: TopologyOptions): Promise<TopologyReport> {
  return visit(nc, options, create);
}

/** Compares the streams and buckets with the shipped configuration. Changes nothing. Throws as `applyTopology` does. */
export function checkTopology(nc: NatsConnection, options: TopologyOptions): Promise<TopologyReport> {
  return visit(nc, options, (_jsm, { name }) => Promise.resolve({ kind: "missing", stream: name }));
}

type WhenMissing = (jsm: JetStreamManager, wanted: ShippedStream) => Promise<StreamReport>;

async function visit(nc: NatsConnection, options: TopologyOptions, whenMissing: WhenMissing): Promise<TopologyReport> {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const replicas = options.replicas === undefined ? {} : { num_replicas: options.replicas };
  const streams: StreamReport[] = [];
  const all = shippedStreams(options.namespace, options.archive);
  for (const [index, shipped] of all.entries()) {
    const wanted = { ...shipped, ...replicas };
    try {
      streams.push((await compare(jsm, wanted)) ?? (await whenMissing(jsm, wanted)));
    } catch (error) {
      if (saysTooMany(error)) await assertAllowed(jsm, all.slice(index));
      throw refusal(error, wanted);
    }
  }
  return { streams };
}

/**
 * Throws if a limit of the account is too low. The error names the limit, because the server's own error does not.
 * @throws StewardError brokerRefused
 */
async function assertAllowed(jsm: JetStreamManager, missing: readonly ShippedStream[]): Promise<void> {
  const { tiers, ...usage } = await jsm.getAccountInfo();
  const usages = Object.values(tiers ?? { all: usage }).filter((one) => one !== undefined);
  const sentences = usages.flatMap((one) => limitsTooLow(one, missing));
  if (sentences.length > 0) throw new StewardError("brokerRefused", `${sentences.join("; ")}; then repeat`);
}

async function compare(jsm: JetStreamManager, wanted: ShippedStream): Promise<StreamReport | undefined> {
  const stream = wanted.name;
  try {
    const { config } = await whileForming(() => jsm.streams.info(stream));
    const drift = driftOf(wanted, { ...config });
    return drift.length === 0 ? { kind: "ok", stream } : { kind: "drifted", stream, drift };
  } catch (error) {
    if (saysMissing(error)) return undefined;
    throw error;
  }
}

async function create(jsm: JetStreamManager, wanted: ShippedStream): Promise<StreamReport> {
  try {
    await whileForming(() => jsm.streams.add({ ...asNew(wanted) }));
    return { kind: "created", stream: wanted.name };
  } catch (error) {
    // Another program has just created this stream with another configuration. That stream is kept.
    const theirs = saysTaken(error) ? await compare(jsm, wanted) : undefined;
    if (theirs === undefined) throw error;
    return theirs;
  }
}
