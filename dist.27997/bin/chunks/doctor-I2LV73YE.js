const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  checkTopology,
  limitsTooLow,
  shippedStreams
} from "./chunk-VHGRUKVH.js";
import {
  maskedAddresses
} from "./chunk-GUT4PZZX.js";
import {
  nodeDefaults
} from "./chunk-SMO4GUJ4.js";
import {
  explained,
  nameOption
} from "./chunk-NZXPCTAK.js";
import {
  oneLine
} from "./chunk-WQBAR2TX.js";
import {
  resolveSettings
} from "./chunk-NW7HY4NR.js";
import "./chunk-K3MUEMUZ.js";
import {
  clockOffset
} from "./chunk-FQVRHUKF.js";
import "./chunk-F4IVHV5A.js";
import "./chunk-XBJVBJ7E.js";
import "./chunk-WVDFGEIO.js";
import {
  parsePresence
} from "./chunk-EYZB2UB4.js";
import {
  version
} from "./chunk-RQDZDKP5.js";
import {
  kvEntries
} from "./chunk-6KZYLPZB.js";
import "./chunk-KBGVZMHU.js";
import {
  askApi,
  headersOf,
  lastOnSubject,
  minimumServerVersion,
  needsNewStream,
  openBroker,
  refusedBy,
  shortList
} from "./chunk-OMTY7AFQ.js";
import {
  connectionSettings,
  readAddresses,
  withContext
} from "./chunk-MNJ7CHLS.js";
import {
  originText
} from "./chunk-3XC6KFQ2.js";
import {
  defineCommand
} from "./chunk-7C3OR7HS.js";
import {
  hearsNoAnswer,
  isDenied,
  isSilence
} from "./chunk-TZGZTI2Z.js";
import "./chunk-Y6JR37Y7.js";
import "./chunk-EUBKYWQP.js";
import "./chunk-66VHQECK.js";
import "./chunk-T43TWJCU.js";
import "./chunk-NGO76LME.js";
import "./chunk-REHHFAQD.js";
import "./chunk-WV5YP3BK.js";
import {
  exitCodes
} from "./chunk-P6SB6KP3.js";
import {
  print,
  printJson
} from "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import "./chunk-U2N5OPV4.js";
import {
  maxDataBytes
} from "./chunk-WUYJTG4S.js";
import {
  formatDuration
} from "./chunk-CFOZLGDG.js";
import {
  ackSubject,
  ackedFilter,
  controlSubject,
  messageSubject,
  nodeFilter,
  parseAckSubject
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError,
  messageOf
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/cli/doctor/connection-checks.ts
import { lookup } from "node:dns/promises";

// src/broker/health/room.ts
async function readAccount(broker2) {
  const answer = await askApi(broker2, "$JS.API.INFO", "", 3e3);
  if (answer.error !== void 0) return answer.error;
  const tiers = Object.entries(answer.tiers ?? { "": answer });
  const limits = tiers.flatMap(([tier, usage]) => limitsOf(usage, tier));
  return { storedBytes: answer.storage, limits, usages: tiers.map(([, usage]) => usage) };
}
async function streamLimits(broker2) {
  const names = shippedStreams(broker2.namespace).map(({ name }) => name);
  const answers = await Promise.all(
    names.map(async (name) => ({ name, ...await askApi(broker2, `$JS.API.STREAM.INFO.${name}`, "") }))
  );
  return answers.flatMap(({ name, config, state: state2 }) => {
    if (config === void 0 || state2 === void 0) return [];
    return limited([
      { what: `bytes of ${name}`, used: state2.bytes, limit: config.max_bytes, unit: "bytes" },
      { what: `messages in ${name}`, used: state2.messages, limit: config.max_msgs, unit: "count" },
      { what: `consumers of ${name}`, used: state2.consumer_count, limit: config.max_consumers, unit: "count" }
    ]);
  });
}
function limitsOf({ memory, storage, streams: streams2, consumers: consumers2, limits }, tier) {
  const of = tier === "" ? "the account" : `the account's tier ${tier}`;
  return limited([
    { what: `storage of ${of}`, used: storage, limit: limits.max_storage, unit: "bytes" },
    { what: `memory of ${of}`, used: memory, limit: limits.max_memory, unit: "bytes" },
    { what: `streams of ${of}`, used: streams2, limit: limits.max_streams, unit: "count" },
    { what: `consumers of ${of}`, used: consumers2, limit: limits.max_consumers, unit: "count" }
  ]);
}
function limited(all) {
  return all.filter(({ limit }) => limit > 0);
}

// src/cli/doctor/check.ts
var ok = (what) => ({ status: "ok", what });
var warning = (what, mend) => ({ status: "warning", what, mend });
var failed = (what, mend) => ({ status: "failed", what, mend });
function failedBy(error) {
  const { message } = nameOption(error);
  const [what = "", ...mend] = message.split("; ");
  return failed(what, mend.length === 0 ? void 0 : mend.join("; "));
}

// src/cli/doctor/connection-checks.ts
var connectWait = 4e3;
var oldestNode = [20, 19];
var connectionChecks = [
  { name: "node", needs: [], run: nodeVersion },
  { name: "settings", needs: [], run: settings },
  { name: "address", needs: ["settings"], run: address },
  { name: "broker", needs: ["address"], run: broker },
  {
    name: "credentials",
    needs: ["broker"],
    run: (patient) => refusedFor(patient, ["brokerRefused"]) ?? ok("accepted")
  },
  { name: "version", needs: ["credentials"], run: serverVersion },
  { name: "jetstream", needs: ["version"], run: jetStream }
];
function nodeVersion() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const what = `Node.js ${process.versions.node}`;
  if (major > oldestNode[0] || major === oldestNode[0] && minor >= oldestNode[1]) return ok(what);
  return failed(what, `install Node.js ${oldestNode.join(".")} or newer`);
}
async function settings(patient) {
  const known = await withContext(await resolveSettings(patient.typed, {}, patient.env), patient.env);
  const { servers, namespace } = connectionSettings(known.args);
  patient.settings = known;
  return ok(`broker ${maskedAddresses(servers)} (${originText(known.origins["server"])}), namespace ${namespace}`);
}
async function address({ settings: known }) {
  const { servers } = connectionSettings(known?.args ?? {});
  const hosts = readAddresses(servers).urls.map(({ hostname }) => hostname.replaceAll(/[[\]]/g, ""));
  const unknown = [];
  for (const host of hosts) await lookup(host).catch(() => unknown.push(host));
  if (unknown.length === 0) return ok("the host name is known");
  const what = `unknown host: ${unknown.join(", ")}`;
  const mend = "correct the name, or add it to the DNS or to /etc/hosts";
  return unknown.length < hosts.length ? warning(what, mend) : failed(what, mend);
}
async function broker(patient) {
  const connection = connectionSettings(patient.settings?.args ?? {});
  const began = performance.now();
  try {
    patient.broker = await openBroker(connection, { name: "steward doctor", waitMs: connectWait });
  } catch (error) {
    if (!(error instanceof StewardError)) throw error;
    const isBehind = ["brokerRefused", "brokerTooOld", "jetStreamOff"].includes(error.code);
    if (!isBehind) return failedBy(error);
    patient.refusal = error;
    return ok("it answers");
  }
  return ok(`connected within ${formatDuration(Math.ceil(performance.now() - began))}`);
}
function refusedFor({ refusal }, codes) {
  return refusal !== void 0 && codes.includes(refusal.code) ? failedBy(refusal) : void 0;
}
function serverVersion(patient) {
  const refused = refusedFor(patient, ["brokerTooOld"]);
  if (refused !== void 0) return refused;
  const needed = `Steward ${version} needs ${minimumServerVersion} or newer`;
  return ok(`nats-server ${patient.broker?.nc.info?.version ?? "of a sufficient version"}, and ${needed}`);
}
async function jetStream(patient) {
  const refused = refusedFor(patient, ["jetStreamOff"]);
  if (refused !== void 0 || patient.broker === void 0) return refused ?? failed("no connection");
  try {
    const account = await readAccount(patient.broker);
    if ("err_code" in account) {
      return failed(account.description, "enable JetStream for the account in the broker's configuration");
    }
    patient.account = account;
    return ok("on");
  } catch (error) {
    if (hearsNoAnswer(error))
      return failed("the credentials do not allow receiving replies", "allow subscribing to _INBOX.>");
    if (isDenied(error))
      return warning("the credentials do not allow asking whether JetStream is on", "allow $JS.API.INFO");
    if (!isSilence(error)) throw error;
    return failed(
      `it does not answer (${messageOf(error)})`,
      "in a cluster, most servers must be up; see the broker's log"
    );
  }
}

// src/broker/health/queue-consumers.ts
async function queueConsumers(broker2) {
  const listed = await consumersOf(broker2, broker2.names.messages);
  const foreign = listed.flatMap(({ name, config }) => {
    const filters = config.filter_subjects ?? (config.filter_subject === void 0 ? [] : [config.filter_subject]);
    const isOwn = filters.length === 1 && filters[0] === nodeFilter(broker2.namespace, name);
    return isOwn ? [] : [{ name, filters }];
  });
  const paused = listed.filter((one) => one.paused === true).map(({ name }) => name);
  return { nodes: listed.length - foreign.length, foreign, paused };
}
async function consumersOf(broker2, stream) {
  const found = [];
  for (let total = 1; found.length < total; ) {
    const body = JSON.stringify({ offset: found.length });
    const page = await askApi(broker2, `$JS.API.CONSUMER.LIST.${stream}`, body);
    if (page.error !== void 0)
      throw refusedBy(stream, page.error, `the broker does not list the consumers of ${stream}`);
    found.push(...page.consumers ?? []);
    total = (page.consumers ?? []).length === 0 ? 0 : page.total;
  }
  return found;
}

// src/broker/health/rights.ts
var nonexistent = { node: "doctor", messageType: "command", subject: "ping", id: "doctor" };
var notToBeStored = { "Nats-Expected-Stream": "NONE" };
async function missingRights(broker2) {
  const refused = await Promise.all(
    probes(broker2).map(async (probe) => await isRefused(broker2, probe) ? [probe] : [])
  );
  const missing = refused.flat().map(({ to, subject }) => ({ to, subject }));
  const acked = ackedFilter(broker2.namespace, { id: nonexistent.id });
  return await mayListen(broker2, acked) ? missing : [...missing, { to: "see how messages end", subject: acked }];
}
function probes({ namespace, names }) {
  const { messages, acks, nodesBucket } = names;
  const kv = `KV_${nodesBucket}`;
  const event = { ...nonexistent, messageType: "event" };
  return [
    { to: "send commands", subject: messageSubject(namespace, nonexistent), header: notToBeStored },
    { to: "send events", subject: messageSubject(namespace, event), header: notToBeStored },
    { to: "send to new nodes", subject: `$JS.API.CONSUMER.CREATE.${messages}.${nonexistent.node}`, body: "{}" },
    { to: "see streams", subject: `$JS.API.STREAM.INFO.${messages}` },
    { to: "read ACKs", subject: `$JS.API.DIRECT.GET.${acks}.${ackSubject(namespace, nonexistent)}` },
    { to: "read the log", subject: `$JS.API.CONSUMER.CREATE.${acks}.${nonexistent.node}`, body: "{}" },
    { to: "read the state", subject: `$JS.API.DIRECT.GET.${kv}.$KV.${nodesBucket}.${nonexistent.node}.info` },
    { to: "list nodes", subject: `$JS.API.CONSUMER.CREATE.${kv}.${nonexistent.node}`, body: "{}" },
    { to: "cancel", subject: ackSubject(namespace, nonexistent), header: notToBeStored },
    {
      to: "take messages out of the queue",
      subject: `$JS.API.STREAM.PURGE.${messages}`,
      body: JSON.stringify({ filter: messageSubject(namespace, nonexistent) })
    },
    { to: "ask daemons", subject: controlSubject(namespace, nonexistent.node, "status") }
  ];
}
async function isRefused(broker2, { subject, body = "", header = {} }) {
  try {
    await broker2.request(subject, body, { timeout: 2e3, headers: headersOf(header) });
    return false;
  } catch (error) {
    return isDenied(error);
  }
}
async function mayListen({ nc }, subject) {
  let refusal;
  const subscription = nc.subscribe(subject, { callback: (error) => void (refusal ??= error ?? void 0) });
  await nc.flush();
  if (!subscription.isClosed()) subscription.unsubscribe();
  return refusal === void 0;
}

// src/broker/health/state-follows.ts
import { setTimeout as delay } from "node:timers/promises";
var patienceMs = 3e3;
var lively = 1e10;
async function stateFollows(broker2) {
  const { acks, nodesBucket } = broker2.names;
  const last = await lastAck(broker2, acks);
  const address2 = last === void 0 ? void 0 : parseAckSubject(last.subject);
  if (last === void 0 || address2 === void 0) return { kind: "nothing" };
  const { sequence } = last;
  const bucket = `KV_${nodesBucket}`;
  const key = `$KV.${nodesBucket}.${address2.node}.${address2.messageType}.${address2.subject}`;
  for (const deadline = performance.now() + patienceMs; ; await delay(100)) {
    if (holds(await lastOnSubject(broker2, bucket, key), sequence)) return { kind: "current", sequence };
    const source = await sourceOf(broker2, bucket);
    const runs = source?.lag === 0 && source.active >= 0 && source.active < lively;
    if (runs && performance.now() > deadline) return { kind: "current", sequence };
    if (performance.now() > deadline) return { kind: "behind", sequence, reason: reasonOf(source) };
  }
}
async function lastAck(broker2, acks) {
  const { error } = await askApi(broker2, `$JS.API.STREAM.INFO.${acks}`, "");
  if (error !== void 0) throw refusedBy(acks, error, `the broker does not show the state of ${acks}`);
  return lastOnSubject(broker2, acks, `${broker2.namespace}.*.ack.*.*.*`);
}
function holds(entry, sequence) {
  if (entry === void 0) return false;
  const [, made] = entry.headers?.get("Nats-Stream-Source").split(" ") ?? [];
  return made === void 0 || Number(made) >= sequence;
}
async function sourceOf(broker2, bucket) {
  const { error, sources } = await askApi(broker2, `$JS.API.STREAM.INFO.${bucket}`, "");
  if (error !== void 0) throw refusedBy(bucket, error, `the broker does not show the state of ${bucket}`);
  return sources?.[0];
}
function reasonOf(source) {
  if (source === void 0) return "it has no source";
  if (source.error !== void 0) return source.error.description;
  if (source.active < 0) return "its source was never active";
  return `its source was last active ${Math.round(source.active / 1e9)} s ago, and is ${source.lag} behind`;
}

// src/cli/doctor/fleet-checks.ts
var fleetChecks = [
  { name: "rights", needs: ["jetstream"], run: onBroker(rights) },
  { name: "payload", needs: ["jetstream"], run: onBroker(payload) },
  { name: "streams", needs: ["jetstream"], run: onBroker(streams) },
  { name: "clock", needs: ["streams"], run: onBroker(clock) },
  { name: "consumers", needs: ["streams"], run: onBroker(consumers) },
  { name: "state", needs: ["streams"], run: onBroker(state) },
  { name: "room", needs: ["streams"], run: onBroker(room) },
  { name: "nodes", needs: ["streams"], run: onBroker(nodes) }
];
function onBroker(look) {
  return (patient) => patient.broker === void 0 ? failed("no connection") : look(patient.broker, patient);
}
async function rights(broker2) {
  const missing = await missingRights(broker2);
  if (missing.length === 0) return ok("send, read, cancel, ask daemons");
  const subjects = missing.map(({ subject }) => subject).join(", ");
  return failed(`not allowed: ${missing.map(({ to }) => to).join(", ")}`, `allow these subjects: ${subjects}`);
}
var promisedPayload = maxDataBytes + 2 * nodeDefaults.outputLimit + 16 * 1024;
function payload({ nc }) {
  const most = nc.info?.max_payload ?? 0;
  if (most >= promisedPayload) return ok(`messages of up to ${shownBytes(most)}`);
  const [data, output] = [shownBytes(maxDataBytes), shownBytes(nodeDefaults.outputLimit)];
  return warning(
    `the broker accepts messages of up to ${shownBytes(most)}: too small for ${data} of data, or for an ACK with two times ${output} of output`,
    "raise max_payload in the broker's configuration; its default is 1MB"
  );
}
async function streams({ nc, namespace }, { account }) {
  const reports = (await checkTopology(nc, { namespace })).streams;
  const missing = reports.filter(({ kind }) => kind === "missing").map(({ stream }) => stream);
  if (missing.length > 0) {
    const toMake = shippedStreams(namespace).filter(({ name }) => missing.includes(name));
    const tooLow = (account?.usages ?? []).flatMap((usage) => limitsTooLow(usage, toMake));
    return failed(
      `missing: ${missing.join(", ")}`,
      [...tooLow, `${tooLow.length > 0 ? "then " : ""}create them with \`steward init\``].join("; ")
    );
  }
  const lost = reports.flatMap((one) => one.kind === "drifted" && one.drift.some(needsNewStream) ? [one.stream] : []);
  if (lost.length > 0) {
    return failed(`cannot be used as they are: ${lost.join(", ")}`, "`steward init --check` shows what to do");
  }
  const drifted = reports.flatMap(
    (one) => one.kind === "drifted" ? [`${one.stream} (${one.drift.map(({ field }) => field).join(", ")})`] : []
  );
  if (drifted.length === 0) return ok(`all ${reports.length} exist and have their standard settings`);
  return warning(`changed settings: ${drifted.join(", ")}`, "if this is not intended, see `steward init --check`");
}
async function clock(broker2) {
  const { offsetMs, uncertainMs } = await clockOffset(broker2);
  const seconds = (Math.abs(offsetMs) / 1e3).toFixed(1);
  if (Math.abs(offsetMs) - uncertainMs <= 2e3) return ok(`within ${Math.max(0.1, Number(seconds))} s of the broker's`);
  const what = `this machine's clock is ${seconds} s ${offsetMs > 0 ? "ahead of" : "behind"} the broker's`;
  return warning(what, "synchronise both by NTP: each machine writes its own time into messages and ACKs");
}
async function consumers(broker2) {
  const { foreign, paused, nodes: count } = await queueConsumers(broker2);
  const { messages } = broker2.names;
  if (foreign.length > 0) {
    const which = foreign.map(({ name, filters }) => `${name} (${filters.join(", ") || "everything"})`);
    return failed(
      `not created by Steward, and takes messages away from nodes: ${which.join(", ")}`,
      `remove it with \`nats consumer rm ${messages} ${foreign[0]?.name}\``
    );
  }
  if (paused.length === 0) return ok(count === 1 ? "of 1 node, and no others" : `of ${count} nodes, and no others`);
  return warning(
    `paused by a person: ${paused.join(", ")}`,
    `resume it with \`nats consumer resume ${messages} ${paused[0]}\``
  );
}
async function state(broker2) {
  const found = await stateFollows(broker2);
  const { acks, nodesBucket } = broker2.names;
  if (found.kind === "nothing") return ok("no ACK yet");
  if (found.kind === "current") return ok(`current, with the last ACK (${found.sequence}) in it`);
  return failed(
    `KV_${nodesBucket} does not have ACK ${found.sequence} of ${acks}: ${found.reason}`,
    `see \`nats stream info KV_${nodesBucket}\` and the broker's log; if you create it again, it is rebuilt from the log`
  );
}
async function room(broker2, { account }) {
  const limits = [...account?.limits ?? [], ...await streamLimits(broker2)];
  const tight = limits.filter(({ used, limit }) => used >= 0.8 * limit);
  if (tight.length > 0) {
    const finding = tight.some(({ used, limit }) => used >= limit) ? failed : warning;
    return finding(tight.map(shownLimit).join(", "), "raise the limit, or free some space");
  }
  const stored = account === void 0 ? "" : `${shownBytes(account.storedBytes)} stored, `;
  const free = "free disk space is visible only to the broker's system account";
  return ok(limits.length === 0 ? `${stored}no limit set; ${free}` : `${stored}no limit near; ${free}`);
}
async function nodes(broker2) {
  const presences = [...await kvEntries(broker2, broker2.names.presenceBucket)];
  const up = presences.length;
  if (up === 0) return warning("no node is up", "start one with `steward node NAME`");
  const degraded = presences.flatMap(([name, presence]) => {
    const [trouble] = parsePresence(presence)?.troubles ?? [];
    return trouble === void 0 ? [] : [`${name} (${trouble.what}: ${oneLine(trouble.message)})`];
  });
  if (degraded.length > 0) {
    const which = shortList(degraded, 10);
    return warning(
      `${degraded.length} of ${up} running nodes are degraded: ${which}`,
      "free resources there; then they continue by themselves"
    );
  }
  return ok(up === 1 ? "1 is up" : `${up} are up`);
}
function shownLimit({ what, used, limit, unit }) {
  const show = unit === "bytes" ? shownBytes : String;
  return `${what}: ${show(used)} of ${show(limit)}`;
}
function shownBytes(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`;
}

// src/cli/doctor/run-checks.ts
import { setTimeout as delay2 } from "node:timers/promises";
var patience = { all: 1e4, each: 5e3 };
async function* runChecks(checks, patient) {
  const deadline = performance.now() + patience.all;
  const blocked = /* @__PURE__ */ new Map();
  for (const { name, needs, run } of checks) {
    const lacking = needs.map((need) => blocked.get(need)).find((cause) => cause !== void 0);
    const left = Math.min(patience.each, deadline - performance.now());
    const finding = lacking === void 0 ? await within(left, async () => run(patient)).catch(findingOf) : { status: "skipped", what: `needs ${lacking}` };
    if (finding.status === "failed" || finding.status === "skipped") blocked.set(name, lacking ?? name);
    yield { check: name, ...finding };
  }
}
async function within(ms, run) {
  if (ms <= 0) return { status: "skipped", what: "the other checks took too long" };
  const bell = new AbortController();
  const late = delay2(ms, void 0, { signal: bell.signal }).then(
    () => failed(
      `no answer within ${Math.round(ms / 1e3)} s`,
      "check whether the broker is overloaded, or most of its cluster is down"
    )
  );
  try {
    return await Promise.race([run(), late]);
  } finally {
    bell.abort();
    late.catch(() => void 0);
  }
}
function findingOf(error) {
  if (isDenied(error)) return { status: "skipped", what: "the credentials do not allow this check; see rights" };
  const known = explained(error);
  if (known instanceof StewardError) return failedBy(known);
  throw error;
}

// src/cli/commands/doctor.ts
var doctorCommand = defineCommand({
  name: "doctor",
  group: "set up",
  impact: "reads",
  describe: "check everything from this machine to the broker and its streams, and say how to fix problems",
  examples: [
    ["steward doctor", "exit code 0: no problem, 4: no usable broker, 1: another problem"],
    [`steward doctor --json | jq '.checks[] | select(.status != "ok")'`, "only the problems"]
  ],
  settles: true,
  run: async (typed) => {
    const patient = { typed, env: process.env };
    const { json } = typed;
    const reports = [];
    for await (const report of runChecks([...connectionChecks, ...fleetChecks], patient)) {
      reports.push(report);
      if (!json) print(line(report));
    }
    await patient.broker?.close();
    const broken = reports.filter(({ status }) => status === "failed").map(({ check }) => check);
    if (json) printJson({ healthy: broken.length === 0, checks: reports });
    if (broken.length === 0) return exitCodes.succeeded;
    return broken.some((check) => onTheWay.includes(check)) ? exitCodes.broker : exitCodes.failed;
  }
});
var onTheWay = connectionChecks.map(({ name }) => name).filter((name) => !["node", "settings"].includes(name));
function line({ check, status, what, mend }) {
  return `${status.padEnd(7)}  ${check.padEnd(11)}  ${what}${mend === void 0 ? "" : `; ${mend}`}`;
}
export {
  doctorCommand
};
