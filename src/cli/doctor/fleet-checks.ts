import type { Broker } from "../../broker/connection/broker.ts";
import { clockOffset } from "../../broker/health/clock.ts";
import { queueConsumers } from "../../broker/health/queue-consumers.ts";
import { missingRights } from "../../broker/health/rights.ts";
import { streamLimits, type Limited } from "../../broker/health/room.ts";
import { stateFollows } from "../../broker/health/state-follows.ts";
import { kvEntries } from "../../broker/read/bucket.ts";
import { streamInfo } from "../../broker/read/stream-info.ts";
import { limitsTooLow } from "../../broker/topology/account-limits.ts";
import { checkTopology } from "../../broker/topology/apply.ts";
import { needsNewStream } from "../../broker/topology/drift.ts";
import { shippedStreams } from "../../broker/topology/shipped-streams.ts";
import { nodeDefaults } from "../../node/settings.ts";
import { queueKind } from "../../operate/move-old-queue.ts";
import { maxDataBytes } from "../../protocol/message.ts";
import { parsePresence } from "../../protocol/presence.ts";
import { messageFilter } from "../../protocol/subjects.ts";
import { endedInQueue } from "../../state/ended-in-queue.ts";
import { shortList } from "../../util/short-list.ts";
import { oneLine } from "../render/line.ts";
import { failed, ok, warning, type Check, type Finding, type Patient } from "./check.ts";
import { removal } from "./removal-check.ts";

/** The checks of the streams and buckets on the broker, and of the rights to use them. */
export const fleetChecks: readonly Check[] = [
  { name: "rights", needs: ["jetstream"], run: onBroker(rights) },
  { name: "payload", needs: ["jetstream"], run: onBroker(payload) },
  { name: "streams", needs: ["jetstream"], run: onBroker(streams) },
  { name: "removal", needs: ["streams"], run: onBroker(removal) },
  { name: "clock", needs: ["streams"], run: onBroker(clock) },
  { name: "consumers", needs: ["streams"], run: onBroker(consumers) },
  { name: "queue", needs: ["streams"], run: onBroker(queue) },
  { name: "state", needs: ["streams"], run: onBroker(state) },
  { name: "room", needs: ["streams"], run: onBroker(room) },
  { name: "nodes", needs: ["streams"], run: onBroker(nodes) },
];

function onBroker(look: (broker: Broker, patient: Patient) => Promise<Finding> | Finding): Check["run"] {
  return (patient) => (patient.broker === undefined ? failed("no connection") : look(patient.broker, patient));
}

async function rights(broker: Broker): Promise<Finding> {
  const missing = await missingRights(broker);
  if (missing.length === 0) return ok("send, read, cancel, ask daemons");
  const subjects = missing.map(({ subject }) => subject).join(", ");
  return failed(`not allowed: ${missing.map(({ to }) => to).join(", ")}`, `allow these subjects: ${subjects}`);
}

/** The payload that a final ACK may need, in bytes: the data of the message, and stdout and stderr of the run. */
const promisedPayload = maxDataBytes + 2 * nodeDefaults.outputLimit + 16 * 1024;

function payload({ nc }: Broker): Finding {
  const most = nc.info?.max_payload ?? 0;
  if (most >= promisedPayload) return ok(`messages of up to ${shownBytes(most)}`);
  const [data, output] = [shownBytes(maxDataBytes), shownBytes(nodeDefaults.outputLimit)];
  return warning(
    `the broker accepts messages of up to ${shownBytes(most)}: too small for ${data} of data, or for an ACK with two times ${output} of output`,
    "raise max_payload in the broker's configuration; its default is 1MB",
  );
}

async function streams(broker: Broker, { account }: Patient): Promise<Finding> {
  const { nc, namespace, names } = broker;
  // The check `removal` reports a queue that must be moved.
  const queueIsPresent = (await queueKind(broker)) === "present";
  const all = (await checkTopology(nc, { namespace })).streams;
  const reports = all.filter(({ stream }) => queueIsPresent || stream !== names.messages);
  const missing = reports.filter(({ kind }) => kind === "missing").map(({ stream }) => stream);
  if (missing.length > 0) {
    const toMake = shippedStreams(namespace).filter(({ name }) => missing.includes(name));
    const tooLow = (account?.usages ?? []).flatMap((usage) => limitsTooLow(usage, toMake));
    return failed(
      `missing: ${missing.join(", ")}`,
      [...tooLow, `${tooLow.length > 0 ? "then " : ""}create them with \`steward init\``].join("; "),
    );
  }
  const lost = reports.flatMap((one) => (one.kind === "drifted" && one.drift.some(needsNewStream) ? [one.stream] : []));
  if (lost.length > 0) {
    return failed(`cannot be used as they are: ${lost.join(", ")}`, "`steward init --check` shows what to do");
  }
  const drifted = reports.flatMap((one) =>
    one.kind === "drifted" ? [`${one.stream} (${one.drift.map(({ field }) => field).join(", ")})`] : [],
  );
  if (drifted.length === 0)
    return ok(`all ${reports.length} ${queueIsPresent ? "" : "others "}exist and have their standard settings`);
  return warning(`changed settings: ${drifted.join(", ")}`, "if this is not intended, see `steward init --check`");
}

async function clock(broker: Broker): Promise<Finding> {
  const { offsetMs, uncertainMs } = await clockOffset(broker);
  const seconds = (Math.abs(offsetMs) / 1000).toFixed(1);
  if (Math.abs(offsetMs) - uncertainMs <= 2000) return ok(`within ${Math.max(0.1, Number(seconds))} s of the broker's`);
  const what = `this machine's clock is ${seconds} s ${offsetMs > 0 ? "ahead of" : "behind"} the broker's`;
  return warning(what, "synchronise both by NTP: each machine writes its own time into messages and ACKs");
}

async function consumers(broker: Broker): Promise<Finding> {
  const { nodes: count, others, paused } = await queueConsumers(broker);
  if (paused.length > 0) {
    return warning(
      `paused by a person: ${paused.join(", ")}`,
      `resume it with \`nats consumer resume ${broker.names.messages} ${paused[0]}\``,
    );
  }
  const own = count === 1 ? "of 1 node" : `of ${count} nodes`;
  return ok(others === 0 ? `${own}, and no others` : `${own}, and ${others} more, which remove nothing`);
}

/** How long an ended message may stay in the queue, in milliseconds. A node removes it within milliseconds. */
const removalMs = 60_000;

async function queue(broker: Broker): Promise<Finding> {
  const { ts = "", state: stored } = await streamInfo(broker, broker.names.messages);
  const { ended, looked } = await endedInQueue(broker, messageFilter(broker.namespace, {}));
  const late = ended.filter(({ endedAt }) => endedAt < Date.parse(ts) - removalMs);
  const total = stored?.messages ?? 0;
  if (late.length === 0) return ok(total === 1 ? "1 message waits or runs" : `${total} messages wait or run`);
  const which = shortList([...new Set(late.map(({ address }) => address.node))], 10);
  return warning(
    `${late.length} of the oldest ${looked} messages ended more than a minute ago, and are not removed: of ${which}`,
    "start these nodes, or see their logs; `steward nodes forget NODE` retires a node that does not come back",
  );
}

async function state(broker: Broker): Promise<Finding> {
  const found = await stateFollows(broker);
  const { acks, nodesBucket } = broker.names;
  if (found.kind === "nothing") return ok("no ACK yet");
  if (found.kind === "current") return ok(`current, with the last ACK (${found.sequence}) in it`);
  return failed(
    `KV_${nodesBucket} does not have ACK ${found.sequence} of ${acks}: ${found.reason}`,
    `see \`nats stream info KV_${nodesBucket}\` and the broker's log; if you create it again, it is rebuilt from the log`,
  );
}

async function room(broker: Broker, { account }: Patient): Promise<Finding> {
  const limits = [...(account?.limits ?? []), ...(await streamLimits(broker))];
  const tight = limits.filter(({ used, limit }) => used >= 0.8 * limit);
  if (tight.length > 0) {
    const finding = tight.some(({ used, limit }) => used >= limit) ? failed : warning;
    return finding(tight.map(shownLimit).join(", "), "raise the limit, or free some space");
  }
  const stored = account === undefined ? "" : `${shownBytes(account.storedBytes)} stored, `;
  const free = "free disk space is visible only to the broker's system account";
  return ok(limits.length === 0 ? `${stored}no limit set; ${free}` : `${stored}no limit near; ${free}`);
}

async function nodes(broker: Broker): Promise<Finding> {
  const presences = [...(await kvEntries(broker, broker.names.presenceBucket))];
  const up = presences.length;
  if (up === 0) return warning("no node is up", "start one with `steward node NAME`");
  const degraded = presences.flatMap(([name, presence]) => {
    const [trouble] = parsePresence(presence)?.troubles ?? [];
    return trouble === undefined ? [] : [`${name} (${trouble.what}: ${oneLine(trouble.message)})`];
  });
  if (degraded.length > 0) {
    const which = shortList(degraded, 10);
    return warning(
      `${degraded.length} of ${up} running nodes are degraded: ${which}`,
      "free resources there; then they continue by themselves",
    );
  }
  return ok(up === 1 ? "1 is up" : `${up} are up`);
}

function shownLimit({ what, used, limit, unit }: Limited): string {
  const show = unit === "bytes" ? shownBytes : String;
  return `${what}: ${show(used)} of ${show(limit)}`;
}

function shownBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`;
}
