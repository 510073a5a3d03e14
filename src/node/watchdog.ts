import { setTimeout as delay } from "node:timers/promises";
import type { Broker } from "../broker/connection/broker.ts";
import { kvGet } from "../broker/read/bucket.ts";
import { queuedSubjects } from "../broker/read/queued.ts";
import { streamInfo } from "../broker/read/stream-info.ts";
import { changedFields, type ConsumerAnswer } from "../broker/topology/consumer.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { messageSubject, nodeFilter, hintSubject } from "../protocol/subjects.ts";
import { announce } from "./announce.ts";
import type { Intake } from "./intake.ts";
import type { Lease } from "../operate/lease.ts";
import type { Parts } from "./parts.ts";

/** The parts of the daemon that the watchdog checks. */
export interface Watched {
  readonly parts: Parts;
  readonly intake: Pick<Intake, "live" | "look" | "askIfIdle" | "resync">;
  readonly lease: Pick<Lease, "isRenewing">;
}

/**
 * A difference from the state that the daemon expects on the broker. `resync` is set if a resync must follow. The value
 * of `resync` is the reason in the log.
 */
interface Finding {
  readonly text: string;
  readonly resync?: "consumerGone" | "consumerChanged" | "watchdog";
}

/**
 * The longest time between two looks at a queue that sends no hints of stored messages, in milliseconds. Without these
 * hints, only a look finds the lost delivery of an idle node.
 */
const withoutHints = 60_000;

/**
 * Checks from time to time if the broker is in the state that the daemon expects. The checks are necessary because the
 * broker does not announce all changes, and an announcement may be lost. A finding that stays the same is logged once.
 * The watchdog ends when `shutdown.signal` is aborted.
 */
export async function watch(watched: Watched): Promise<void> {
  const { intake, parts } = watched;
  const { settings, log, shutdown } = parts;
  const { signal } = shutdown;
  let hasHints = false;
  for (let logged = ""; !signal.aborted;) {
    const interval = hasHints ? settings.watchdogInterval : Math.min(settings.watchdogInterval, withoutHints);
    await delay(interval, undefined, { signal, ref: false }).catch(() => undefined);
    // A resync in progress reports its own troubles.
    if (!intake.live) continue;
    hasHints ||= await sendsHints(parts).catch(() => false);
    const finding = await look(watched).catch((error: unknown) => failure(error, parts));
    if (signal.aborted) return;
    const { text = "", resync } = finding ?? {};
    if (text === logged) continue;
    logged = text;
    if (text === "") continue;
    log.warn(resync === undefined ? text : `${text}; resync`);
    if (resync === undefined) continue;
    await intake.resync(resync);
    // If the resync could not undo the change, `logged` keeps the text. Otherwise every check would cause another
    // resync.
    if (resync !== "consumerChanged" || !(await isChanged(watched).catch(() => true))) logged = "";
  }
}

/** True if the broker sends the node a hint for each message that it stores for the node. */
async function sendsHints({ broker }: Parts): Promise<boolean> {
  const { config } = await streamInfo(broker, broker.names.messages);
  return config?.republish?.dest === hintSubject(broker.namespace, "{{wildcard(1)}}");
}

/**
 * Makes one check with few requests, because every idle node of a fleet sends them. If nothing is wrong, these are two
 * requests, sent together.
 */
async function look(watched: Watched): Promise<Finding | undefined> {
  const asFinding = (error: unknown): Finding | undefined => failure(error, watched.parts);
  const found = await Promise.all([lookAtConsumer(watched).catch(asFinding), lookAtBuckets(watched).catch(asFinding)]);
  const findings = found.filter((finding) => finding !== undefined);
  if (findings.length === 0) return undefined;
  const resync = findings.find((finding) => finding.resync !== undefined)?.resync;
  return { text: findings.map(({ text }) => text).join("; "), ...(resync === undefined ? {} : { resync }) };
}

async function lookAtConsumer({ parts, intake }: Watched): Promise<Finding | undefined> {
  const { broker, settings } = parts;
  const consumer = await intake.look().catch((error: unknown) => {
    // The server that holds the consumer may be away. Then the broker refuses the next request for messages.
    intake.askIfIdle();
    throw error;
  });
  if (consumer.error !== undefined) {
    return { text: `the node's consumer cannot be read (${consumer.error.description})`, resync: "consumerGone" };
  }
  // The request may have been lost on a link between the broker's servers.
  if (consumer.num_waiting === 0) intake.askIfIdle();
  const changed = changedFields(broker, settings.name, consumer);
  if (changed.length > 0)
    return { text: `the consumer has a different ${changed.join(", ")}`, resync: "consumerChanged" };
  if (consumer.paused === true) {
    const until = String(consumer.config["pause_until"]);
    return {
      text: `the consumer is paused until ${until}, and nothing is delivered; \`nats consumer resume\` ends that`,
    };
  }
  if (!(await missesMessages(parts, consumer))) return undefined;
  return { text: "the stream holds messages that were not delivered", resync: "watchdog" };
}

/** @throws StewardError streamsMissing */
async function lookAtBuckets({ parts, lease }: Watched): Promise<undefined> {
  const { broker, settings } = parts;
  // A bucket that was deleted and created again gets its state from the ACKs. The node's info is not in the ACKs.
  if (!(await isAnnounced(broker, settings.name))) await announce(parts);
  if (lease.isRenewing) await streamInfo(broker, `KV_${broker.names.presenceBucket}`);
}

/** @throws StewardError streamsMissing: for a missing bucket, the broker does not answer the read */
async function isAnnounced(broker: Broker, node: string): Promise<boolean> {
  const { nodesBucket } = broker.names;
  try {
    return (await kvGet(broker, nodesBucket, `${node}.info`)) !== undefined;
  } catch (error) {
    await streamInfo(broker, `KV_${nodesBucket}`);
    throw error;
  }
}

async function isChanged({ parts, intake }: Watched): Promise<boolean> {
  return changedFields(parts.broker, parts.settings.name, await intake.look()).length > 0;
}

/** The finding if the broker refused a request. If no answer came, there is no finding. */
function failure(error: unknown, { log }: Parts): Finding | undefined {
  if (error instanceof StewardError) return { text: messageOf(error) };
  log.debug(`the watchdog could not look: ${messageOf(error)}`);
  return undefined;
}

/**
 * The time between two looks for missing messages, in milliseconds. A delivery may be on its way during the first look,
 * so a message counts as missing only if the second look does not find it either.
 */
const secondLookMs = 2000;

/**
 * True if the stream holds messages for this node that the daemon does not have. The counters of the consumer are the
 * first check, because the counters are cheap to read. The counters are wrong after a purge or a crash of the broker,
 * so a second check follows.
 */
async function missesMessages(parts: Parts, { num_pending, num_ack_pending }: ConsumerAnswer): Promise<boolean> {
  if (num_pending + num_ack_pending === parts.taken.count || parts.taken.isNearlyFull) return false;
  const first = await missing(parts);
  if (first.length === 0) return false;
  await delay(secondLookMs, undefined, { signal: parts.shutdown.signal });
  const second = new Set(await missing(parts));
  return first.some((subject) => second.has(subject));
}

async function missing({ broker, settings, taken }: Parts): Promise<string[]> {
  const { namespace } = broker;
  const inStream = await queuedSubjects(broker, nodeFilter(namespace, settings.name));
  const here = new Set([...taken].map(({ came }) => messageSubject(namespace, came)));
  return [...inStream.keys()].filter((subject) => !here.has(subject));
}
