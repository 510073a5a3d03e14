const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  connectionSettings,
  readAddresses,
  withContext
} from "./chunk-MNJ7CHLS.js";
import {
  assertWithinBounds,
  layeredSettings
} from "./chunk-3XC6KFQ2.js";
import {
  defineCommand
} from "./chunk-7C3OR7HS.js";
import {
  Broker,
  SilenceError,
  brokerTrouble,
  giveUp,
  isDenied,
  isSilence,
  require_nats,
  serverCodes,
  signsOfLife,
  statusCodes,
  streamsMissing
} from "./chunk-TZGZTI2Z.js";
import {
  closest
} from "./chunk-EUBKYWQP.js";
import {
  glob,
  scanJson
} from "./chunk-66VHQECK.js";
import {
  camelCase,
  commonOptions,
  connectionOptions,
  operatorOptions,
  usualServer
} from "./chunk-NGO76LME.js";
import {
  exitCodes
} from "./chunk-P6SB6KP3.js";
import {
  asLines,
  drawProgress,
  harmlessBytes,
  print,
  printJson,
  printNote,
  stderr,
  stdout,
  toJson,
  writeOutput
} from "./chunk-VLDOLLNL.js";
import {
  heldBytes
} from "./chunk-3WOP4O5A.js";
import {
  finalHeader,
  finalStates,
  isFinal,
  isKnownState,
  knownState,
  parseAck,
  parseDraft,
  stateHeader
} from "./chunk-U2N5OPV4.js";
import {
  check2 as check,
  messageSchema
} from "./chunk-WUYJTG4S.js";
import {
  formatDuration,
  longestTimer,
  parseDuration
} from "./chunk-CFOZLGDG.js";
import {
  ackFilter,
  ackSubject,
  ackedFilter,
  firingId,
  firingIdOf,
  isId,
  isToken,
  keyOf,
  messageSubject,
  nodeFilter,
  nodeNameFault,
  parseAckSubject,
  parseMessageSubject,
  parseScheduleSubject,
  scheduleIdOf,
  toToken,
  typeAndSubject
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError,
  messageOf
} from "./chunk-IH65MIS5.js";
import {
  __callDispose,
  __toESM,
  __using
} from "./chunk-LCNIN5BG.js";

// src/broker/connection/connect.ts
var import_nats = __toESM(require_nats(), 1);
import { readFile } from "node:fs/promises";
import { setTimeout as delay2 } from "node:timers/promises";

// src/broker/server/minimum-version.ts
var minimumServerVersion = "2.14.0";
function isTooOld(version) {
  const [actual, needed] = [numbersOf(version), numbersOf(minimumServerVersion)];
  const at = needed.findIndex((number, index) => number !== actual[index]);
  return at >= 0 && (actual[at] ?? 0) < (needed[at] ?? 0);
}
function numbersOf(version) {
  return version.split(".", 3).map((part) => Number.parseInt(part, 10) || 0);
}

// src/broker/connection/keep-alive.ts
import { setImmediate as pending, setTimeout as delay } from "node:timers/promises";
var usual = { silentMs: 22500, answerMs: 2e4 };
async function keepAlive(nc, { silentMs, answerMs } = usual) {
  const over = new AbortController();
  void nc.closed().then(() => over.abort());
  const isSilent = async (ms) => {
    const isAlive = signsOfLife(nc);
    await delay(ms, void 0, { signal: over.signal, ref: false }).catch(() => void 0);
    await pending();
    return !over.signal.aborted && !isAlive();
  };
  while (!over.signal.aborted) {
    if (!await isSilent(silentMs)) continue;
    let isAnswered = false;
    void nc.flush().then(
      () => isAnswered = true,
      () => void 0
    );
    if (await isSilent(answerMs) && !isAnswered) await giveUp(nc);
  }
}

// src/broker/connection/connect.ts
var retryMs = 250;
async function openBroker(settings, behaviour) {
  const options2 = await connectionOptions2(settings, behaviour);
  const deadline2 = performance.now() + behaviour.waitMs;
  for (; ; ) {
    try {
      const nc = await (0, import_nats.connect)(options2);
      await assertRecent(nc);
      if (behaviour.waitMs !== Infinity) await assertJetStream(nc);
      void keepAlive(nc);
      return new Broker(nc, settings.namespace);
    } catch (error) {
      if (error instanceof StewardError) throw error;
      const failure = explain(error, settings);
      const patient = behaviour.waitMs === Infinity || failure.code === "brokerUnreachable" && performance.now() < deadline2;
      if (!patient || behaviour.signal?.aborted === true) throw failure;
      behaviour.onFailure?.(failure);
    }
    await delay2(retryMs, void 0, behaviour.signal === void 0 ? {} : { signal: behaviour.signal });
  }
}
async function assertRecent(nc) {
  const version = nc.info?.version ?? "0.0.0";
  if (!isTooOld(version)) return;
  const where = nc.getServer();
  await nc.close();
  throw new StewardError(
    "brokerTooOld",
    `the broker at ${where} is nats-server ${version}; Steward needs ${minimumServerVersion} or newer; upgrade it`
  );
}
async function assertJetStream(nc) {
  if (nc.info?.jetstream === true) return;
  try {
    await nc.request("$JS.API.INFO", "", { timeout: 5e3 });
  } catch (error) {
    const where = nc.getServer();
    await nc.close();
    throw new StewardError(
      "jetStreamOff",
      `the broker at ${where} runs without JetStream; start it with -js, or use \`steward broker\``,
      { cause: error }
    );
  }
}
async function connectionOptions2(settings, { name, waitMs }) {
  const { urls, login, isTls } = readAddresses(settings.servers);
  const isToken2 = login.user !== void 0 && (login.pass ?? settings.password ?? settings.user) === void 0;
  for (const path of [settings.tlsCa, settings.tlsCert, settings.tlsKey]) if (path !== void 0) await secret(path);
  const tls = {
    ...settings.tlsCa === void 0 ? {} : { caFile: settings.tlsCa },
    ...settings.tlsCert === void 0 ? {} : { certFile: settings.tlsCert },
    ...settings.tlsKey === void 0 ? {} : { keyFile: settings.tlsKey },
    ...settings.tlsFirst === true ? { handshakeFirst: true } : {}
  };
  return {
    servers: urls.map(({ href }) => href),
    name,
    timeout: Math.min(waitMs, 5e3),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 500,
    // Effectively never: `keepAlive` asks, and only when the broker is silent.
    pingInterval: 24 * 60 * 6e4,
    ignoreAuthErrorAbort: waitMs === Infinity,
    noAsyncTraces: true,
    ...isToken2 ? { token: login.user ?? "" } : login,
    ...settings.user === void 0 ? {} : { user: settings.user },
    ...settings.password === void 0 ? {} : { pass: settings.password },
    ...settings.token === void 0 ? {} : { token: settings.token },
    ...settings.creds === void 0 ? {} : { authenticator: (0, import_nats.credsAuthenticator)(await secret(settings.creds)) },
    ...settings.nkey === void 0 ? {} : { authenticator: (0, import_nats.nkeyAuthenticator)(await secret(settings.nkey)) },
    // The client library does not see `tls://` in the address, and would connect without encryption.
    ...isTls || Object.keys(tls).length > 0 ? { tls } : {}
  };
}
async function secret(path) {
  try {
    return await readFile(path);
  } catch (error) {
    throw new StewardError("fileUnreadable", `the credentials in ${path} cannot be read: ${messageOf(error)}`);
  }
}
function explain(error, { servers }) {
  const at = readAddresses(servers).urls.map(({ href }) => href);
  const text2 = messageOf(error);
  if (isRefusal(error)) {
    const advice = "`steward config show` shows the source of the credentials; check them";
    const failed = isUnauthorised(error) ? "not authorised to connect to" : "cannot log in at";
    return new StewardError("brokerRefused", `${failed} ${at.join(", ")}: ${text2}; ${advice}`, {
      cause: error,
      about: "credentials"
    });
  }
  return new StewardError(
    "brokerUnreachable",
    `no broker answers at ${at.join(", ")} (${text2}); start one with \`steward broker\` or name another`,
    { cause: error, about: "server" }
  );
}
function isRefusal(error) {
  if (!(error instanceof Error)) return false;
  if (isUnauthorised(error)) return true;
  const code = "code" in error && typeof error.code === "string" ? error.code : void 0;
  if (code !== void 0 && code !== "ECONNRESET" && !("syscall" in error)) return true;
  return error.message === "server does not support 'tls'" || isRefusal(error.cause);
}
function isUnauthorised(error) {
  if (!(error instanceof Error)) return false;
  if (error instanceof import_nats.errors.AuthorizationError || error instanceof import_nats.errors.UserAuthenticationExpiredError) return true;
  return isUnauthorised(error.cause);
}

// src/state/standing.ts
function standingOf({ ack, isLate = false, startIsRecorded = false, onNode }) {
  if (ack !== void 0) {
    if (isFinal(ack)) return "final";
    return ack.state === "retrying" ? "retrying" : "running";
  }
  if (onNode === "running") return "running";
  return isLate && (startIsRecorded || onNode === "untaken") ? "expired" : "queued";
}
function recordsStart({ messageType }, message) {
  return messageType === "command" || message?.delivery === "atMostOnce";
}
function endingOf({ ack, standing }) {
  if (standing === "expired") return "expired";
  const state = ack !== void 0 && isFinal(ack) ? knownState(ack) : "pending";
  return state === "started" || state === "retrying" ? "pending" : state;
}

// src/send/outcome.ts
function outcomeOf(address, ack) {
  return { address, ack, standing: standingOf({ ack }) };
}
function emptySummary() {
  return { succeeded: 0, failed: 0, pending: 0 };
}
function count(summary, { ack, standing }) {
  const unrecorded = standing === "expired" ? "expired" : "pending";
  const state = ack !== void 0 && isFinal(ack) ? nameOf(ack) : unrecorded;
  summary[state] = (summary[state] ?? 0) + 1;
}
function nameOf({ state }) {
  return isKnownState(state) || !(state in emptySummary()) ? state : "failed";
}
function summarise(outcomes) {
  const summary = emptySummary();
  for (const outcome of outcomes) count(summary, outcome);
  return summary;
}

// src/util/in-parallel.ts
async function inParallel(items, most, work) {
  if (items.length === 0) return [];
  const results = [];
  let [next, failed] = [0, false];
  const worker = async () => {
    for (let at = next++; at < items.length && !failed; at = next++) {
      try {
        results[at] = await work(items[at]);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}

// src/broker/connection/api.ts
async function askApi(broker, subject, body, timeout = 5e3) {
  const answer = (await broker.request(subject, body, { timeout })).json();
  if (answer.error?.err_code === serverCodes.noLeader) throw new SilenceError(answer.error.description);
  return answer;
}
function refusedBy(stream, error, failed) {
  if (error.err_code === serverCodes.streamNotFound) return streamsMissing(stream);
  return new StewardError("brokerRefused", `${failed}: ${error.description}`);
}

// src/broker/topology/drift.ts
var unchangeable = ["sealed", "storage", "retention"];
function needsNewStream({ field }) {
  return unchangeable.includes(field);
}
function driftOf(shipped, actual) {
  if (actual["sealed"] === true) return [{ field: "sealed", expected: false, actual: true }];
  return Object.entries(shipped).filter(([field, expected]) => field !== "description" && !holds(actual[field], expected)).map(([field, expected]) => ({ field, expected, actual: actual[field] }));
}
function holds(actual, expected) {
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && actual.length === expected.length && expected.every((item) => actual.some((candidate) => holds(candidate, item)));
  }
  if (isRecord(expected)) {
    return isRecord(actual) && Object.entries(expected).every(([field, value]) => holds(actual[field], value));
  }
  return actual === expected;
}
function isRecord(value) {
  return typeof value === "object" && value !== null;
}

// src/broker/topology/consumer.ts
var second = 1e9;
var timeoutOf = (tries) => Math.min(2e3 * 2 ** tries, 3e4);
var unset = {
  backoff: void 0,
  deliver_subject: void 0,
  filter_subjects: void 0,
  headers_only: void 0,
  inactive_threshold: void 0,
  max_batch: void 0,
  max_bytes: void 0,
  max_expires: void 0,
  priority_policy: void 0
};
function consumerConfig(namespace2, node) {
  return {
    ...unset,
    durable_name: node,
    name: node,
    description: "Steward node",
    ack_policy: "explicit",
    ack_wait: 24 * 3600 * second,
    max_deliver: -1,
    max_ack_pending: -1,
    filter_subject: nodeFilter(namespace2, node)
  };
}
async function ensureConsumer(broker, node) {
  await consumerThere(broker, node);
}
async function restoreConsumer(broker, node, tries = 0) {
  const found = await consumerThere(broker, node, tries);
  const changed = found === void 0 ? [] : changedFields(broker, node, found);
  if (changed.length === 0) return { changed };
  const config = { ...found?.config, ...consumerConfig(broker.namespace, node) };
  const { error } = await writeConsumer(broker, node, "update", config);
  return { changed, refusal: error?.description };
}
function changedFields({ namespace: namespace2 }, node, { config }) {
  return driftOf({ name: node, ...consumerConfig(namespace2, node) }, config).map(({ field }) => field);
}
async function consumerNames(broker) {
  const stream = broker.names.messages;
  const found = /* @__PURE__ */ new Set();
  for (let total = 1; found.size < total; ) {
    const body = JSON.stringify({ offset: found.size });
    const page = await askApi(broker, `$JS.API.CONSUMER.NAMES.${stream}`, body);
    if (page.error !== void 0) throw refusedBy(stream, page.error, `the broker does not list ${stream}'s consumers`);
    for (const name of page.consumers ?? []) found.add(name);
    total = (page.consumers ?? []).length === 0 ? 0 : page.total ?? 0;
  }
  return found;
}
async function consumerInfo(broker, node, tries = 0) {
  return askApi(broker, `$JS.API.CONSUMER.INFO.${broker.names.messages}.${node}`, "", timeoutOf(tries));
}
async function resetConsumer(broker, node, tries = 0) {
  const subject = `$JS.API.CONSUMER.RESET.${broker.names.messages}.${node}`;
  const answer = await askApi(broker, subject, JSON.stringify({ seq: 1 }), timeoutOf(tries));
  if (answer.error !== void 0) throw refused(broker, node, answer.error);
  return answer;
}
async function removeConsumer(broker, node) {
  const { messages } = broker.names;
  const { error } = await askApi(broker, `$JS.API.CONSUMER.DELETE.${messages}.${node}`, "");
  broker.preparedNodes.delete(node);
  if (error === void 0 || error.err_code === serverCodes.consumerNotFound) return;
  throw refused(broker, node, error);
}
async function consumerThere(broker, node, tries = 0) {
  const found = await consumerInfo(broker, node, tries);
  if (found.error === void 0) return found;
  if (found.error.err_code !== serverCodes.consumerNotFound) throw refused(broker, node, found.error);
  const { error } = await writeConsumer(broker, node, "create", consumerConfig(broker.namespace, node));
  if (error !== void 0 && error.err_code !== serverCodes.consumerExists) throw refused(broker, node, error);
  return void 0;
}
async function writeConsumer(broker, node, action, config) {
  const stream = broker.names.messages;
  const request = { stream_name: stream, action, config };
  return askApi(broker, `$JS.API.CONSUMER.CREATE.${stream}.${node}`, JSON.stringify(request));
}
function refused({ names }, node, error) {
  return refusedBy(names.messages, error, `the broker refused the consumer of ${node}`);
}

// src/broker/read/stream-info.ts
async function streamInfo(broker, stream, filter, offset = 0) {
  const body = filter === void 0 ? "" : JSON.stringify({ subjects_filter: filter, offset });
  const info = await askApi(broker, `$JS.API.STREAM.INFO.${stream}`, body);
  if (info.error === void 0) return info;
  throw refusedBy(stream, info.error, `the broker does not show the state of ${stream}`);
}
async function streamInfoOnceThere(broker, stream, onWait, signal) {
  for (let tries = 0; ; tries++) {
    try {
      return await broker.untilAnswered(() => streamInfo(broker, stream), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof StewardError)) throw error;
      if (tries === 0) onWait(error.message);
      await broker.backOff(tries, signal);
    }
  }
}
async function subjectsIn(broker, stream, filter) {
  const found = /* @__PURE__ */ new Map();
  for await (const page of subjectPages(broker, stream, filter)) {
    for (const [subject, count2] of page) found.set(subject, count2);
  }
  return found;
}
async function* subjectPages(broker, stream, filter) {
  for (let seen = 0, total = 1; seen < total; ) {
    const info = await streamInfo(broker, stream, filter, seen);
    const page = Object.entries(info.state?.subjects ?? {});
    yield page;
    seen += page.length;
    total = page.length === 0 ? 0 : info.total ?? 0;
  }
}

// src/protocol/encode-ack.ts
var headerRoom = 1024;
function encodeAck(ack, maxPayload, original) {
  const limit = maxPayload - headerRoom;
  for (const smaller of [same, withoutMostOutput, withoutOutput, withoutOriginal]) {
    for (const as of [original, void 0]) {
      const bytes = encoded(smaller(ack), as);
      if (bytes.length <= limit) return bytes;
    }
  }
  return encoded(minimal(ack));
}
function encoded(ack, original) {
  if (ack.message === void 0 || original?.[0] !== openingBrace) return Buffer.from(toJson(ack));
  const rest = toJson({ ...ack, message: void 0 });
  return Buffer.concat([Buffer.from(`${rest.slice(0, -1)},"message":`), original, Buffer.from("}")]);
}
var openingBrace = "{".charCodeAt(0);
var same = (ack) => ack;
var withoutMostOutput = (ack) => ({ ...ack, output: ack.output && shortened(ack.output, 4096) });
var withoutOutput = (ack) => ({ ...ack, output: ack.output && shortened(ack.output, 0) });
var withoutOriginal = (ack) => ({ ...withoutOutput(ack), message: void 0, raw: void 0 });
function minimal({ error, output: _output, message: _message, raw: _raw, ...rest }) {
  return { ...rest, error: error && { ...error, message: error.message.slice(0, 1e3) } };
}
function shortened(output, keep) {
  const stdout2 = cutStream(output, "stdout", keep);
  const stderr2 = cutStream(output, "stderr", keep);
  return {
    ...output,
    stdout: stdout2.text,
    stderr: stderr2.text,
    truncated: { stdout: stdout2.truncation, stderr: stderr2.truncation }
  };
}
function cutStream(output, name, keep) {
  const whole = output[name];
  const before = output.truncated?.[name];
  if (whole.length <= keep) return { text: whole, truncation: before };
  const encoding = output.encoding === "base64" ? "base64" : "utf8";
  const text2 = whole.slice(0, keep).replace(/[\uD800-\uDBFF]$/, "");
  const total = before?.total ?? Buffer.byteLength(whole, encoding);
  return { text: text2, truncation: { total, omitted: total - Buffer.byteLength(text2, encoding) } };
}

// src/broker/read/direct-get.ts
async function lastOnSubject(broker, stream, subject) {
  return get(broker, `$JS.API.DIRECT.GET.${stream}.${subject}`, "");
}
async function firstFrom(broker, stream, { sequence, subject }) {
  return get(broker, `$JS.API.DIRECT.GET.${stream}`, JSON.stringify({ seq: sequence, next_by_subj: subject }));
}
async function get(broker, subject, body) {
  return storedFrom(await broker.request(subject, body));
}
function storedFrom(reply) {
  const found = reply.headers;
  if (found?.code !== 0) return void 0;
  return {
    subject: found.last("Nats-Subject"),
    sequence: Number(found.last("Nats-Sequence")),
    storedAt: Date.parse(found.last("Nats-Time-Stamp")),
    data: reply.data,
    headers: found
  };
}

// src/broker/write/publish.ts
var import_nats2 = __toESM(require_nats(), 1);
var undecided = /* @__PURE__ */ new Set([
  serverCodes.messageIdInProcess,
  serverCodes.sequenceInFlight,
  serverCodes.tooManyRequests
]);
async function publishOnce(broker, subject, payload, header2, timeoutMs = 5e3) {
  try {
    const reply = await broker.request(subject, payload, { headers: headersOf(header2), timeout: timeoutMs });
    return readPubAck(reply.data.length === 0 ? {} : reply.json());
  } catch (error) {
    if (broker.nc.isClosed()) throw error;
    if (error instanceof import_nats2.errors.InvalidArgumentError || isDenied(error)) {
      return { kind: "refused", code: 0, reason: messageOf(error) };
    }
    return { kind: "unknown", reason: messageOf(error) };
  }
}
function headersOf(entries) {
  const made = (0, import_nats2.headers)();
  for (const [name, value] of Object.entries(entries)) made.set(name, value);
  return made;
}
function readPubAck({ seq, duplicate, error }) {
  if (error === void 0) {
    if (seq === void 0) return { kind: "unknown", reason: "the answer names no sequence" };
    return { kind: "stored", sequence: seq, duplicate: duplicate === true };
  }
  const passing2 = error.code === 503 && !isFull(error);
  if (passing2 || undecided.has(error.err_code)) return { kind: "unknown", reason: error.description };
  return { kind: "refused", code: error.err_code, reason: error.description };
}
function isFull({ err_code, description }) {
  if (err_code === serverCodes.storeFailed) return description.includes("exceeded");
  return err_code === serverCodes.insufficientResources || err_code === serverCodes.insufficientStorage;
}
async function publishUntilKnown(broker, subject, payload, header2, signal) {
  for (let tries = 0; ; tries++) {
    signal?.throwIfAborted();
    const result = await publishOnce(broker, subject, payload, header2, Math.min(5e3 * 2 ** tries, 2e4));
    if (result.kind !== "unknown") return result;
    await broker.backOff(tries, signal);
  }
}

// src/broker/write/journal.ts
var Journal = class {
  #broker;
  #signal;
  #alarm;
  /** The sequences of the latest ACKs written here, by subject. */
  #written = /* @__PURE__ */ new Map();
  /**
   * Only `signal` ends a wait, with its reason. `alarm` is called when the broker refuses to store ACKs at all, for
   * instance because the disk is full: nothing may start then, so the writer waits.
   */
  constructor(broker, signal, alarm) {
    this.#broker = broker;
    this.#signal = signal;
    this.#alarm = alarm;
  }
  /**
   * Stores an ACK after the one at sequence `after` (0: as the first); `original` is the payload from which its message
   * was read. Tries until the outcome is known.
   */
  async write(address, ack, after, original) {
    const subject = ackSubject(this.#broker.namespace, address);
    for (let last = after, tries = 0; ; tries++) {
      const payload = encodeAck(ack, this.#broker.maxPayload, original);
      const result = await publishUntilKnown(this.#broker, subject, payload, header(ack, last), this.#signal);
      if (result.kind === "stored") {
        this.#remember(subject, result.sequence);
        return result;
      }
      if (result.code !== serverCodes.wrongLastSequence) {
        this.#alarm(`the broker refuses to store an ACK on ${subject}: ${result.reason}`);
        await this.#broker.backOff(tries, this.#signal);
        continue;
      }
      const standing = Number(/(\d+)$/.exec(result.reason)?.[1] ?? 0);
      if (standing === 0) {
        last = 0;
        continue;
      }
      const link = await this.#readFrom(subject, standing);
      if (link === void 0) continue;
      if (!isSame(link.ack, ack)) return { kind: "conflict", link };
      this.#remember(subject, link.sequence);
      return { kind: "stored", sequence: link.sequence };
    }
  }
  /**
   * The last ACK of a message: the one written here, or a later one. On a cluster a replica may lack the ACKs that
   * others wrote, so undefined is no proof there.
   */
  async last(address) {
    const subject = ackSubject(this.#broker.namespace, address);
    const written = this.#written.get(subject);
    return written === void 0 ? this.#read(subject) : this.#readFrom(subject, written);
  }
  /**
   * Since when the journal has the ACKs of every message, in milliseconds since 1970 by the broker's clock: since its
   * stream was created, but at most as long as it keeps ACKs, less an hour. Waits for a stream that does not exist.
   */
  async reachesBackTo() {
    const info = await streamInfoOnceThere(this.#broker, this.#broker.names.acks, this.#alarm, this.#signal);
    const { config, created = "", ts = "" } = info;
    const keepsMs = (config?.max_age ?? 0) / 1e6 || Infinity;
    return Math.max(Date.parse(created), Date.parse(ts) - keepsMs + journalMargin);
  }
  /** The last ACK when the answering replica has the one at `sequence`; undefined when the leader has none any more. */
  async #readFrom(subject, sequence) {
    for (let tries = 0; ; tries++) {
      const link = await this.#read(subject);
      if (link !== void 0 && link.sequence >= sequence) return link;
      if (link === void 0 && await this.#isGone(subject)) return void 0;
      await this.#broker.backOff(tries, this.#signal);
    }
  }
  async #isGone(subject) {
    const { names } = this.#broker;
    const ask = () => streamInfo(this.#broker, names.acks, subject);
    const { state } = await this.#broker.untilAnswered(ask, this.#signal);
    return Object.keys(state?.subjects ?? {}).length === 0;
  }
  #remember(subject, sequence) {
    this.#written.delete(subject);
    this.#written.set(subject, sequence);
    const [oldest] = this.#written.keys();
    if (oldest !== void 0 && this.#written.size > remembered) this.#written.delete(oldest);
  }
  async #read(subject) {
    const { names } = this.#broker;
    const found = await this.#broker.untilAnswered(
      () => lastOnSubject(this.#broker, names.acks, subject),
      this.#signal
    );
    return found && { sequence: found.sequence, ack: parseAck(found.data) ?? unreadable };
  }
};
var journalMargin = 36e5;
var remembered = 1e4;
var unreadable = {
  id: "",
  node: "",
  messageType: "command",
  subject: "",
  state: "rejected",
  attempt: 0,
  instance: ""
};
function header(ack, after) {
  const [state, final] = [ack.state, String(isFinal(ack))];
  return { [stateHeader]: state, [finalHeader]: final, "Nats-Expected-Last-Subject-Sequence": String(after) };
}
function isSame(a, b) {
  return ["instance", "attempt", "state", "startedAt", "finishedAt"].every((key) => a[key] === b[key]);
}

// src/broker/write/at-most-once.ts
async function expireBeforeForgotten(broker, messages, signal) {
  if (messages.every(({ delivery }) => delivery !== "atMostOnce")) return messages;
  const { config } = await broker.untilAnswered(() => streamInfo(broker, broker.names.acks), signal);
  const keeps = Math.floor((config?.max_age ?? 0) / 1e6);
  if (keeps === 0) return messages;
  const longest = keeps - journalMargin;
  return messages.map((message) => {
    if (message.delivery !== "atMostOnce") return message;
    const asked = message.expires === void 0 ? void 0 : parseDuration(message.expires);
    if (longest > 0 && asked === void 0) return { ...message, expires: formatDuration(longest) };
    if (asked !== void 0 && asked <= longest) return message;
    const most = longest > 0 ? `must expire within ${formatDuration(longest)}` : "cannot be sent";
    throw new StewardError(
      "badMessage",
      `an at-most-once message ${most}, because the stream of ACKs keeps only ${formatDuration(keeps)}`
    );
  });
}

// src/broker/write/batch.ts
var import_nats3 = __toESM(require_nats(), 1);

// src/util/on-abort.ts
function onAbort(signal, act) {
  if (signal?.aborted === true) act();
  else signal?.addEventListener("abort", act, { once: true });
  return () => signal?.removeEventListener("abort", act);
}

// src/util/unless-aborted.ts
function unlessAborted(signal, work) {
  return new Promise((resolve2, reject) => {
    const forget = onAbort(signal, () => resolve2());
    work.then(() => resolve2(), reject).finally(forget);
  });
}

// src/broker/write/batch.ts
var batchLimit = 1e3;
var batchBytes = 8 * 1024 * 1024;
var fewBytes = 64 * 1024;
var [commitMs, commitAheadMs] = [1e4, 2e3];
function orderKey({ subject }) {
  return subject.slice(0, subject.lastIndexOf("."));
}
function areApart(batches) {
  const lanes = batches.map((batch2) => new Set(batch2.map(orderKey)));
  return new Set(lanes.flatMap((each) => [...each])).size === lanes.reduce((sum, { size }) => sum + size, 0);
}
function* batchesOf(entries) {
  let batch2 = [];
  let bytes = 0;
  for (const entry of entries) {
    if (batch2.length === batchLimit || batch2.length > 0 && bytes + entry.payload.length > batchBytes) {
      yield batch2;
      batch2 = [];
      bytes = 0;
    }
    batch2.push(entry);
    bytes += entry.payload.length;
  }
  if (batch2.length > 0) yield batch2;
}
async function stage(broker, batch2, signal) {
  signal?.throwIfAborted();
  const id = import_nats3.nuid.next();
  let commit = async () => ({ kind: "unknown", reason: "the batch is empty" });
  let bytes = 0;
  for (const [index, { subject, payload }] of batch2.entries()) {
    const header2 = { "Nats-Msg-Id": subject, "Nats-Batch-Id": id, "Nats-Batch-Sequence": String(index + 1) };
    if (index < batch2.length - 1) broker.nc.publish(subject, payload, { headers: headersOf(header2) });
    else {
      const last = { ...header2, "Nats-Batch-Commit": "1" };
      commit = (ahead) => publishOnce(broker, subject, payload, last, commitMs + ahead * commitAheadMs);
    }
    bytes += payload.length;
  }
  if (bytes > fewBytes) {
    const handedOver = broker.flush().catch(() => void 0);
    await unlessAborted(signal, handedOver);
    signal?.throwIfAborted();
  }
  return commit;
}

// src/broker/write/queue.ts
var stagedAtOnce = 5;
var stagingMs = 1e3;
var incompleteAtMost = 3;
var worthAList = 20;
var requestsAtOnce = 100;
var passing = /* @__PURE__ */ new Set([serverCodes.tooManyBatches, serverCodes.batchIncomplete]);
var Queue = class {
  #broker;
  constructor(broker) {
    this.#broker = broker;
  }
  /**
   * Stores messages after preparing them and the queue. Resolves when each is known to be stored.
   * @throws StewardError badMessage; as `prepare` and `put`
   */
  async send(messages, { onReady, signal } = {}) {
    const ready = await this.ready(messages, signal);
    onReady?.();
    await this.put(ready, signal);
  }
  /**
   * Makes the queue ready for messages, and the messages for the queue: a message that may run at most once expires
   * before the journal forgets it.
   * @throws StewardError badMessage for a message with a longer expiry; as `prepare`
   */
  async ready(messages, signal) {
    await this.prepare([...new Set(messages.map(({ node }) => node))], signal);
    return expireBeforeForgotten(this.#broker, messages, signal);
  }
  /**
   * Makes sure that each node has its durable consumer: on a work queue, another node could acknowledge (and so remove)
   * a message without one.
   * @throws StewardError streamsMissing, brokerRefused; or the reason of `signal`
   */
  async prepare(nodes, signal) {
    const broker = this.#broker;
    const unknown = nodes.filter((node) => !broker.preparedNodes.has(node));
    const there = unknown.length > worthAList ? await broker.untilAnswered(() => consumerNames(broker), signal) : void 0;
    const missing = unknown.filter((node) => there?.has(node) !== true);
    await inParallel(
      missing,
      requestsAtOnce,
      (node) => broker.untilAnswered(() => ensureConsumer(broker, node), signal)
    );
    for (const node of unknown) broker.preparedNodes.add(node);
  }
  /**
   * Stores messages in atomic batches, those of a lane in their order. Tries until each is known to be stored; a
   * message that is stored already (the same subject, within the broker's window) is not stored again.
   * @throws StewardError notStored when the broker refuses, tooLarge; or the reason of `signal`
   */
  async put(messages, signal) {
    const [only] = messages;
    if (messages.length === 1 && only !== void 0) return this.#putOne(this.#entry(only), signal);
    for (const message of messages) this.#entry(message);
    const batches = batchesOf(this.#entries(messages));
    for (let next = batches.next(); next.done !== true; ) {
      const begun = performance.now();
      const staged = [];
      const commits = [];
      do {
        commits.push(await this.#begin(next.value, signal));
        staged.push(next.value);
        next = batches.next();
      } while (next.done !== true && commits.length < stagedAtOnce && performance.now() - begun < stagingMs);
      if (areApart(staged)) await allOf(commits);
      else for (const commit of commits) await commit(0);
    }
  }
  /** Begins to store a batch; the returned function completes it. */
  async #begin(batch2, signal) {
    const [only] = batch2;
    if (batch2.length === 1 && only !== void 0) return () => this.#putOne(only, signal);
    let commit = await stage(this.#broker, batch2, signal);
    return async (ahead) => {
      for (let [tries, incomplete] = [0, 0]; ; tries++) {
        signal?.throwIfAborted();
        const result = await commit(ahead);
        if (result.kind === "stored") return;
        if (result.kind === "refused") {
          if (result.code === serverCodes.batchIncomplete) incomplete++;
          if (result.code === serverCodes.batchHoldsKnownId || incomplete === incompleteAtMost) {
            return this.#putEach(batch2, signal);
          }
          if (!passing.has(result.code)) throw notStored(result.reason);
        }
        await this.#broker.backOff(tries, signal);
        commit = await stage(this.#broker, batch2, signal);
      }
    };
  }
  /**
   * Stores each message of a batch by itself, which shows those that are stored already and those that are refused.
   * Messages of a lane are stored one after the other. Ends with the first that is refused.
   */
  async #putEach(batch2, signal) {
    const lanes = /* @__PURE__ */ new Map();
    for (const entry of batch2) {
      const lane = orderKey(entry);
      const entries = lanes.get(lane);
      if (entries === void 0) lanes.set(lane, [entry]);
      else entries.push(entry);
    }
    const failed = new AbortController();
    const enough = signal === void 0 ? failed.signal : AbortSignal.any([failed.signal, signal]);
    await inParallel([...lanes.values()], requestsAtOnce, async (entries) => {
      try {
        for (const entry of entries) await this.#putOne(entry, enough);
      } catch (error) {
        failed.abort(error);
      }
    });
    enough.throwIfAborted();
  }
  async #putOne({ subject, payload }, signal) {
    const result = await publishUntilKnown(this.#broker, subject, payload, { "Nats-Msg-Id": subject }, signal);
    if (result.kind === "refused") throw notStored(result.reason);
  }
  *#entries(messages) {
    for (const message of messages) yield this.#entry(message);
  }
  /** @throws StewardError tooLarge */
  #entry(message) {
    const payload = Buffer.from(toJson(message));
    if (payload.length > this.#broker.maxPayload - 1024) {
      throw new StewardError(
        "tooLarge",
        `too large: the message ${message.id} has ${payload.length} bytes, more than the broker accepts`
      );
    }
    return { subject: messageSubject(this.#broker.namespace, message), payload };
  }
};
async function allOf(commits) {
  const results = await Promise.allSettled(commits.map((commit, ahead) => commit(ahead)));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
function notStored(reason) {
  return new StewardError("notStored", `the broker refused to store a message: ${reason}`);
}

// src/broker/read/leader-get.ts
async function lastOnLeader(broker, stream, subject) {
  const body = JSON.stringify({ last_by_subj: subject });
  const { message, error } = await askApi(broker, `$JS.API.STREAM.MSG.GET.${stream}`, body);
  if (error === void 0) {
    const { seq: sequence = 0, time: time2 = "", data = "" } = message ?? {};
    return { sequence, storedAt: Date.parse(time2), data: Buffer.from(data, "base64") };
  }
  if (error.err_code === serverCodes.noMessageFound) return void 0;
  throw refusedBy(stream, error, `the broker does not show the messages of ${stream}`);
}

// src/protocol/strict-json.ts
var utf8 = new TextDecoder("utf-8", { fatal: true });
function parseStrict(bytes) {
  let text2;
  try {
    text2 = utf8.decode(bytes);
  } catch {
    throw new StewardError("badMessage", "the message is not UTF-8");
  }
  let value;
  try {
    value = JSON.parse(text2);
  } catch (error) {
    throw new StewardError("badMessage", `the message is not JSON: ${messageOf(error).slice(0, 200)}`);
  }
  if (!/\\u[dD]/.test(text2) && text2.match(/"\s*:/g)?.length === countKeys(value)) return value;
  const fault = faultOf(Buffer.from(text2.trim()));
  if (fault !== void 0) throw new StewardError("badMessage", `the message is ambiguous JSON: ${fault}`);
  return value;
}
function faultOf(bytes) {
  const scan = scanJson(bytes, 0);
  if (scan.kind === "cut") return void 0;
  return scan.kind === "broken" ? scan.reason : scan.elements.find(({ fault }) => fault)?.fault?.reason;
}
function countKeys(value, deepest = 2) {
  if (typeof value === "number") return Number.isFinite(value) ? 0 : void 0;
  if (typeof value !== "object" || value === null) return 0;
  if (deepest === 0) return void 0;
  let count2 = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const child of Object.values(value)) {
    const more = countKeys(child, deepest - 1);
    if (more === void 0) return void 0;
    count2 += more;
  }
  return count2;
}

// src/protocol/original.ts
var utf82 = new TextDecoder("utf-8", { fatal: true });
function originalOf(bytes) {
  const raw = rawOf(bytes);
  if (raw.encoding !== void 0) return { raw };
  try {
    return { message: check(messageSchema, parseStrict(bytes)) };
  } catch {
    return { raw };
  }
}
function rawOf(bytes) {
  try {
    return { data: utf82.decode(bytes) };
  } catch {
    return { data: Buffer.from(bytes).toString("base64"), encoding: "base64" };
  }
}

// src/protocol/schedule.ts
var oneOffExpiry = 7 * 864e5;
var time = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[Zz]|[+-]\d\d:\d\d)$/;
function parseAt(text2) {
  const moment = time.test(text2) ? Date.parse(text2.toUpperCase().replace(" ", "T")) : Number.NaN;
  if (Number.isNaN(moment)) {
    throw usage("at", `"${text2}" is not a time; write one such as 2026-12-24T18:00:00Z or 2026-12-24T18:00+01:00`);
  }
  if (!isDay(text2)) throw usage("at", `${text2}: this day does not exist`);
  if (moment > latest) throw tooFar("at", text2);
  return { kind: "at", at: new Date(moment).toISOString() };
}
function assertAhead(rule, now) {
  if (rule.kind !== "at" || Date.parse(rule.at) > now) return;
  const clock = `the broker's clock says ${new Date(now).toISOString()}`;
  throw usage("at", `${rule.at} is in the past; ${clock}`);
}
function parseEvery(text2, now = Date.now()) {
  const everyMs = parseDuration(text2);
  if (everyMs === void 0 || everyMs < 1e3 || everyMs % 1e3 !== 0) {
    throw usage("every", `"${text2}" is not an interval; write whole seconds or more, such as 30s or 1h`);
  }
  if (now + everyMs > latest) throw tooFar("every", text2);
  return { kind: "every", everyMs };
}
var latest = Date.parse("2200-01-01T00:00:00Z");
function tooFar(about, text2) {
  return usage(about, `${text2} is too far away: the broker's scheduler counts up to the year 2200`);
}
function usage(about, message) {
  return new StewardError("usage", message, { about });
}
function isDay(text2) {
  const date = text2.slice(0, 10);
  return (/* @__PURE__ */ new Date(`${date}T00:00:00Z`)).toISOString().startsWith(date);
}
function scheduleHeaders(rule, target, expiresMs) {
  return {
    "Nats-Schedule": specification(rule),
    "Nats-Schedule-Target": target,
    "Nats-Schedule-TTL": `${Math.max(1, Math.ceil(expiresMs / 1e3))}s`,
    ...rule.kind === "cron" && rule.timeZone !== void 0 ? { "Nats-Schedule-Time-Zone": rule.timeZone } : {}
  };
}
function specification(rule) {
  if (rule.kind === "at") return `@at ${rule.at}`;
  return rule.kind === "every" ? `@every ${rule.everyMs / 1e3}s` : rule.cron;
}
function parseRule(specified, timeZone) {
  const [word = "", value = ""] = specified.split(" ");
  if (word === "@at") return { kind: "at", at: value };
  const everyMs = word === "@every" ? parseDuration(value) : void 0;
  if (everyMs !== void 0) return { kind: "every", everyMs };
  return { kind: "cron", cron: specified, ...timeZone === "" ? {} : { timeZone } };
}
function nextWithoutCron(rule, storedAt, now) {
  if (rule.kind === "at") return Date.parse(rule.at);
  const first = Math.round(storedAt / 1e3) * 1e3 + rule.everyMs;
  return first + Math.max(0, Math.ceil((now - first) / rule.everyMs)) * rule.everyMs;
}

// src/broker/read/read-stream.ts
import { once } from "node:events";

// src/broker/read/reader.ts
var import_nats4 = __toESM(require_nats(), 1);

// src/broker/read/delivery-place.ts
function deliveryPlace(ackSubject2) {
  if (ackSubject2?.startsWith("$JS.ACK.") !== true) return void 0;
  const tokens = ackSubject2.split(".");
  const at = tokens.length > 9 ? 7 : 5;
  const [sequence = 0, delivery = 0, nanoseconds = 0, pending2 = 0] = tokens.slice(at, at + 4).map(Number);
  return { ackSubject: ackSubject2, sequence, delivery, storedAt: nanoseconds / 1e6, pending: pending2 };
}

// src/broker/read/reader.ts
var batch = 1e3;
var wideBatch = 5e3;
var maxBytes = 512 * 1024;
var heartbeatMs = 2e3;
var second2 = 1e9;
var patience = 2 * heartbeatMs + 1e3;
var Reader = class {
  #broker;
  #stream;
  #options;
  #name = `steward-read-${import_nats4.nuid.next()}`;
  /** Ends the present wait. */
  #interrupt = () => {
  };
  #stopped = false;
  #delivered = 0;
  constructor(broker, stream, options2) {
    this.#broker = broker;
    this.#stream = stream;
    this.#options = options2;
  }
  /** Ends the reading. */
  stop() {
    this.#stopped = true;
    this.#interrupt("stopped");
  }
  /** @throws StewardError streamsMissing, brokerRefused */
  async *messages() {
    const forget = this.#broker.onConnection({ lost: () => this.#interrupt("lost") });
    try {
      if (await this.#createConsumer() === 0 && this.#endsByCount) return;
      for (let limit = maxBytes; !this.#stopped; ) {
        const end = yield* this.#pull(limit);
        if (end === "empty" && !this.#options.follow) return;
        limit = end === "tooLarge" ? this.#broker.maxPayload + maxBytes : maxBytes;
      }
    } finally {
      forget();
      this.#removeConsumer();
    }
  }
  /**
   * The number of messages is known beforehand. Not for the last messages of subjects, whose number may change
   * meanwhile: there the server says when the end is reached.
   */
  get #endsByCount() {
    return !this.#options.follow && this.#options.from !== "lastOfEach";
  }
  /** One request, bounded so that the broker can hold what a slow reader has not read. */
  async *#pull(limit) {
    const reply = (0, import_nats4.createInbox)();
    const subscription = this.#broker.nc.subscribe(reply);
    const iterator = subscription[Symbol.asyncIterator]();
    const wait = this.#options.follow ? { expires: 30 * second2, idle_heartbeat: heartbeatMs * 1e6 } : { no_wait: true };
    const request = JSON.stringify({ batch: this.#batch, ...this.#bound(limit), ...wait });
    this.#broker.nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${this.#stream}.${this.#name}`, request, { reply });
    try {
      for (let count2 = 0; ; ) {
        const msg = await this.#next(iterator, subscription);
        if (msg === void 0) return "empty";
        const place = deliveryPlace(msg.reply);
        if (place === void 0) {
          const end = endOf(msg, count2);
          if (end !== void 0) return end;
          continue;
        }
        if (place.delivery !== ++this.#delivered) throw new SilenceError("a message was lost on the way");
        const { sequence, storedAt, pending: pending2 } = place;
        yield {
          subject: msg.subject,
          sequence,
          storedAt: Math.floor(storedAt),
          data: msg.data,
          headers: msg.headers
        };
        if (pending2 === 0 && this.#endsByCount) return "empty";
        if (++count2 === this.#batch) return "more";
      }
    } finally {
      if (!this.#broker.nc.isClosed()) subscription.unsubscribe();
    }
  }
  /**
   * A request for the last messages of subjects must not limit the bytes: the server (2.15.2) skips the message at
   * which the limit is reached, and never delivers it.
   */
  #bound(limit) {
    return this.#options.from === "lastOfEach" ? {} : { max_bytes: limit };
  }
  get #batch() {
    return this.#options.from === "lastOfEach" ? wideBatch : batch;
  }
  /** Undefined when the reading was stopped. */
  async #next(iterator, subscription) {
    let trouble = this.#stopped ? "stopped" : void 0;
    if (trouble === void 0) {
      const end = (why) => {
        trouble = why;
        subscription.unsubscribe();
      };
      const alarm = setTimeout(() => end("silent"), patience);
      this.#interrupt = end;
      const next = await iterator.next();
      clearTimeout(alarm);
      this.#interrupt = () => {
      };
      if (next.done !== true) return next.value;
    }
    if (trouble === "stopped") return void 0;
    throw new SilenceError(trouble === "lost" ? "the connection to the broker was lost" : `${this.#stream} is silent`);
  }
  /** Resolves to the number of messages to read. */
  async #createConsumer() {
    const config = {
      name: this.#name,
      description: "Steward reads",
      ack_policy: "none",
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: 60 * second2,
      filter_subjects: this.#options.filters,
      headers_only: this.#options.headersOnly === true,
      ...start(this.#options.from)
    };
    const body = JSON.stringify({ stream_name: this.#stream, action: "create", config });
    const subject = `$JS.API.CONSUMER.CREATE.${this.#stream}.${this.#name}`;
    const answer = await askApi(
      this.#broker,
      subject,
      body
    );
    if (answer.error === void 0) return answer.num_pending ?? 0;
    throw refusedBy(this.#stream, answer.error, `the broker refuses to let ${this.#stream} be read`);
  }
  /** Does not wait for the answer: without it, the consumer is removed a minute later. */
  #removeConsumer() {
    const { nc } = this.#broker;
    if (!nc.isClosed()) nc.publish(`$JS.API.CONSUMER.DELETE.${this.#stream}.${this.#name}`);
  }
};
function endOf({ headers: headers2 }, count2) {
  const { code = 0, description = "" } = headers2 ?? {};
  if (code === statusCodes.heartbeat) return void 0;
  if (code === statusCodes.nothingThere || code === statusCodes.requestExpired) return "empty";
  if (/exceeds maxbytes/i.test(description)) return count2 === 0 ? "tooLarge" : "more";
  throw new SilenceError(`the consumer does not exist any more: ${code} ${description}`);
}
function start(from) {
  if (from === "first") return { deliver_policy: "all" };
  if (from === "lastOfEach") return { deliver_policy: "last_per_subject" };
  return typeof from === "number" ? { deliver_policy: "by_start_sequence", opt_start_seq: from } : { deliver_policy: "by_start_time", opt_start_time: from.toISOString() };
}

// src/broker/read/read-stream.ts
var patience2 = 1e4;
async function* readStream(broker, stream, options2) {
  const { until = Infinity, follow = false, signal, ...reading } = options2;
  const isOver = () => signal?.aborted === true;
  const { created: before, state } = follow || options2.from === "new" ? await streamInfo(broker, stream) : {};
  let created = before;
  let from = options2.from === "new" ? (state?.last_seq ?? 0) + 1 : options2.from;
  for (let tries = 0; !isOver(); tries++) {
    const reader = new Reader(broker, stream, { ...reading, from, follow });
    const stop = () => reader.stop();
    const forget = onAbort(signal, stop);
    try {
      for await (const message of reader.messages()) {
        if (message.sequence > until) return;
        tries = 0;
        from = message.sequence + 1;
        yield message;
        if (message.sequence === until) return;
      }
      return;
    } catch (error) {
      if (!isSilence(error)) throw error;
    } finally {
      forget();
    }
    if (tries > 0 && !isOver()) await broker.backOff(tries, signal).catch(() => {
    });
    const now = await infoOnceBack(broker, stream, { patience: follow ? void 0 : patience2, signal });
    if (now === void 0) return;
    if (follow && now.created !== created) [from, created] = ["first", now.created];
  }
}
async function infoOnceBack(broker, stream, { patience: ms, signal }) {
  const enough = ms === void 0 ? void 0 : AbortSignal.timeout(ms);
  const waiting = AbortSignal.any([signal, enough].filter((one) => one !== void 0));
  try {
    return await Promise.race([broker.untilAnswered(() => streamInfo(broker, stream), waiting), aborted(waiting)]);
  } catch (error) {
    if (signal?.aborted === true) return void 0;
    if (enough?.aborted !== true) throw error;
    throw new SilenceError("the connection to the broker was lost, and did not come back");
  }
}
async function aborted(signal) {
  if (!signal.aborted) await once(signal, "abort");
  throw signal.reason;
}

// src/broker/read/schedules.ts
async function readSchedules(broker, { node = "*", id = "*" }) {
  const { namespace: namespace2, names } = broker;
  const filters = [`${namespace2}.${node}.schedule.*.*.${id}`, `${namespace2}.${node}.scheduled.*.*.${id}`];
  const [kept, fired] = [/* @__PURE__ */ new Map(), /* @__PURE__ */ new Map()];
  const addresses = /* @__PURE__ */ new Map();
  for await (const stored of readStream(broker, names.schedules, { filters, from: "first" })) {
    const firing = parseScheduleSubject("scheduled", stored.subject);
    const address = firing ?? parseScheduleSubject("schedule", stored.subject);
    if (address === void 0) continue;
    const key = messageSubject(namespace2, address);
    addresses.set(key, address);
    (firing === void 0 ? kept : fired).set(key, stored);
  }
  return [...addresses].map(([key, address]) => {
    const last = fired.get(key);
    return { address, ...keptOf(kept.get(key), last), last: last && firingOf(address, last) };
  });
}
async function isSchedule(broker, id) {
  const { namespace: namespace2, names } = broker;
  const filters = ["schedule", "scheduled"].map((kind) => `${namespace2}.*.${kind}.*.*.${id}`);
  const found = await Promise.all(filters.map((filter) => subjectsIn(broker, names.schedules, filter)));
  return found.some(({ size }) => size > 0);
}
function keptOf(kept, fired) {
  const { headers: headers2, data = Buffer.of(), storedAt = 0 } = kept ?? fired ?? {};
  const header2 = (name) => headers2?.get(name) ?? "";
  const { message } = originalOf(data);
  const rule = kept === void 0 ? { kind: "at", at: new Date(storedAt).toISOString() } : parseRule(header2("Nats-Schedule"), header2("Nats-Schedule-Time-Zone"));
  return { rule, storedAt, message };
}
function firingOf({ id }, { sequence, storedAt, headers: headers2 }) {
  const next = Date.parse(headers2?.get("Nats-Schedule-Next") ?? "");
  return { id: firingId(id, sequence), firedAt: storedAt, next: Number.isNaN(next) ? void 0 : next };
}
async function* queuedFirings(broker, address, signal) {
  const { namespace: namespace2, names } = broker;
  const subject = messageSubject(namespace2, address);
  for (let sequence = 1; ; ) {
    const place = { sequence, subject };
    const found = await broker.untilAnswered(() => firstFrom(broker, names.messages, place), signal);
    if (found === void 0) return;
    const { data, storedAt } = found;
    sequence = found.sequence + 1;
    yield {
      id: firingIdOf(address.id, found.headers?.get("Nats-Stream-Source")),
      sequence: found.sequence,
      data,
      storedAt
    };
  }
}

// src/broker/read/queued.ts
async function queuedAt(broker, address) {
  const { namespace: namespace2, names } = broker;
  const subject = messageSubject(namespace2, address);
  const found = await lastOnSubject(broker, names.messages, subject);
  if (found !== void 0) return found;
  const schedule = scheduleIdOf(address.id);
  const firing = schedule === void 0 ? void 0 : await queuedFiring(broker, address, schedule);
  return firing ?? lastOnLeader(broker, names.messages, subject);
}
async function queuedFiring(broker, address, schedule) {
  for await (const { id, ...firing } of queuedFirings(broker, { ...address, id: schedule })) {
    if (id === address.id) return firing;
  }
  return void 0;
}
async function readQueued(broker, place, signal) {
  const found = await firstQueued(broker, place, signal);
  return found?.sequence === place.sequence ? found : void 0;
}
async function firstQueued(broker, place, signal) {
  for (let tries = 0; ; tries++) {
    const found = await broker.untilAnswered(() => firstFrom(broker, broker.names.messages, place), signal);
    if (found !== void 0) return found;
    const there = await broker.untilAnswered(() => queuedSubjects(broker, place.subject), signal);
    if (there.size === 0) return void 0;
    await broker.backOff(tries, signal);
  }
}
async function queuedSubjects(broker, filter) {
  return subjectsIn(broker, broker.names.messages, filter);
}
async function countQueued(broker, filter, groupOf) {
  const counts = /* @__PURE__ */ new Map();
  for await (const page of subjectPages(broker, broker.names.messages, filter)) {
    for (const [subject, count2] of page) counts.set(groupOf(subject), (counts.get(groupOf(subject)) ?? 0) + count2);
  }
  return counts;
}

// src/util/by-name.ts
function byName(a, b) {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  while (at > 0 && isDigit(a, at - 1)) at--;
  const [restOfA, restOfB] = [a.slice(at), b.slice(at)];
  if (isDigit(restOfA, 0) && isDigit(restOfB, 0)) {
    const [one, other] = [digitsOf(restOfA), digitsOf(restOfB)];
    if (one.length !== other.length) return one.length - other.length;
    if (one !== other) return one < other ? -1 : 1;
  }
  if (restOfA === restOfB) return 0;
  return restOfA < restOfB ? -1 : 1;
}
function digitsOf(text2) {
  return /^0*(?<digits>\d*)/.exec(text2)?.groups?.["digits"] ?? "";
}
function isDigit(text2, at) {
  const code = text2.charCodeAt(at);
  return code >= 48 && code <= 57;
}

// src/state/places.ts
var requestsAtOnce2 = 50;
async function addressesOf(broker, id, node) {
  const [stored] = await Promise.all([storedAddresses(broker, id, node), assertNoSchedule(broker, id)]);
  if (stored.length > 0) return stored;
  throw unknownId(id, node);
}
function unknownId(id, node) {
  const where = node === void 0 ? "" : ` for ${node}`;
  return new StewardError("notFound", `message not found: no ${id} in the queue or in the log${where}`);
}
async function assertNoSchedule(broker, id) {
  if (!await isSchedule(broker, id)) return;
  const way = `each of its firings has its own id, see \`steward schedule ls ${id}\``;
  throw new StewardError("notFound", `${id} is a schedule, not a message; ${way}`);
}
async function storedAddresses(broker, id, node) {
  return (await storedPlaces(broker, id, node)).map(({ address }) => address);
}
async function placesOf(broker, id) {
  const firings = await waitingFirings(broker, id);
  const places = /* @__PURE__ */ new Map();
  for (const place of [...await storedPlaces(broker, id), ...firings.map((address) => ({ address, queued: true }))]) {
    places.set(keyOf(place.address), place);
  }
  return [...places.values()].toSorted((a, b) => byName(a.address.node, b.address.node));
}
async function storedPlaces(broker, id, node = "*") {
  const { namespace: namespace2, names } = broker;
  const queued = await queuedSubjects(broker, `${namespace2}.${node}.*.*.${id}`);
  const acked = await subjectsIn(broker, names.acks, ackFilter(namespace2, { node, id }));
  const places = /* @__PURE__ */ new Map();
  for (const address of [...queued.keys()].map(parseMessageSubject)) {
    if (address !== void 0) places.set(keyOf(address), { address, queued: true });
  }
  for (const address of [...acked.keys()].map(parseAckSubject)) {
    if (address !== void 0 && !places.has(keyOf(address))) places.set(keyOf(address), { address, queued: false });
  }
  return [...places.values()];
}
async function waitingFirings(broker, id) {
  const schedule = scheduleIdOf(id);
  if (schedule === void 0) return [];
  const subjects = await queuedSubjects(broker, `${broker.namespace}.*.*.*.${schedule}`);
  const addresses = [...subjects.keys()].map(parseMessageSubject).filter((address) => address !== void 0);
  const found = await inParallel(addresses, requestsAtOnce2, async (address) => {
    const firing = { ...address, id };
    return await queuedFiring(broker, firing, schedule) === void 0 ? [] : [firing];
  });
  return found.flat();
}

// src/util/deadline.ts
function deadline(ms, signal) {
  const controller = new AbortController();
  const end = () => controller.abort();
  const timer = setTimeout(end, Math.min(ms, longestTimer));
  const forget = onAbort(signal, end);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      forget();
    }
  };
}

// src/util/short-list.ts
function shortList(names, most) {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

// src/state/known-nodes.ts
import { setTimeout as delay3 } from "node:timers/promises";
var requestsAtOnce3 = 100;
async function unknownNode(broker, node) {
  const meant = hint(await lookAlikes(broker, [node]));
  return new StewardError("neverSeen", `unknown node ${node}; ${meant}\`steward nodes\` lists the known ones`);
}
var mostHints = 10;
var hintWait = 1e3;
async function lookAlikes(broker, unseen) {
  if (unseen.length === 0) return /* @__PURE__ */ new Map();
  const tooLate = delay3(hintWait, [], { ref: false });
  const known = await Promise.race([knownNames(broker).catch(() => []), tooLate]);
  const meant = unseen.slice(0, mostHints).map((name) => {
    const others = known.filter((one) => withoutDigits(one) !== withoutDigits(name));
    return [name, closest(name, others)];
  });
  return new Map(meant.flatMap(([name, one]) => one === void 0 ? [] : [[name, one]]));
}
function withoutDigits(name) {
  return name.replaceAll(/\d+/g, "0");
}
async function knownNames(broker) {
  const { nodesBucket } = broker.names;
  const prefix = `$KV.${nodesBucket}.`;
  const entries = await subjectsIn(broker, `KV_${nodesBucket}`, `${prefix}*.info`);
  return [...entries.keys()].map((subject) => subject.slice(prefix.length, -".info".length));
}
async function neverSeen(broker, nodes) {
  const { nodesBucket } = broker.names;
  const seen = await inParallel(nodes, requestsAtOnce3, async (node) => {
    const entry = lastOnSubject(broker, `KV_${nodesBucket}`, `$KV.${nodesBucket}.${node}.info`);
    return entry.then((found) => found !== void 0 && found.data.length > 0).catch(() => true);
  });
  return nodes.filter((_node, index) => seen[index] !== true);
}
function hint(meant) {
  return meant.size === 0 ? "" : `did you mean ${[...new Set(meant.values())].join(" or ")}? `;
}

// src/send/prepare-nodes.ts
async function prepareNodes(broker, queue, nodes, { seen, knownOnly = false, onNeverSeen }, signal) {
  const looking = neverSeen(
    broker,
    nodes.filter((node) => seen?.has(node) !== true && (knownOnly || !broker.preparedNodes.has(node)))
  );
  const resembling = looking.then((unseen) => lookAlikes(broker, unseen));
  if (knownOnly) refuse(await looking, await resembling);
  await queue.prepare(nodes, signal);
  return async () => {
    const unseen = await looking;
    if (unseen.length > 0) onNeverSeen?.(unseen, await resembling);
  };
}
function refuse(unseen, meant) {
  if (unseen.length === 0) return;
  throw new StewardError(
    "neverSeen",
    `unknown node ${unseen.join(", ")}: nothing was sent; ${hint(meant)}\`steward nodes\` lists the known ones`
  );
}

// src/send/within-patience.ts
var storeWait = 3e4;
async function withinPatience(messages, signal, action, waitMs = storeWait) {
  var _stack = [];
  try {
    const patience3 = __using(_stack, deadline(waitMs, signal));
    const givenUp = new Promise((_resolve, reject) => {
      onAbort(patience3.signal, () => reject(unconfirmed(messages, waitMs, signal)));
    });
    return await Promise.race([givenUp, action(patience3.signal)]);
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}
var wayToCheck = "check with `steward status` and the id, or send again with the same id: it will not run twice";
function unconfirmed(messages, waitMs, signal) {
  const ids = [...new Set(messages.map(({ id }) => id))].join(", ");
  const options2 = { id: messages[0]?.id };
  if (signal?.aborted === true) {
    return new StewardError(
      "stopped",
      `interrupted before the broker confirmed that it stored ${ids}; ${wayToCheck}`,
      options2
    );
  }
  return new StewardError(
    "unconfirmed",
    `the broker did not confirm within ${formatDuration(waitMs)} that it stored ${ids}; ${wayToCheck}`,
    options2
  );
}

// src/send/store.ts
var lookMs = 5e3;
var fewIds = 20;
var fewNames = 20;
async function store(broker, messages, options2, onReady) {
  const { known = false, signal, storeMs } = options2;
  const queue = new Queue(broker);
  let reportUnseen = async () => {
  };
  let missing = messages;
  try {
    await withinPatience(
      messages,
      signal,
      async (patience3) => {
        const nodes = [...new Set(messages.map(({ node }) => node))];
        reportUnseen = await prepareNodes(broker, queue, nodes, options2, patience3);
        if (known) missing = await unstored(broker, messages, patience3);
        await queue.send(missing, { onReady, signal: patience3 });
      },
      storeMs
    );
  } catch (error) {
    if (!StewardError.is(error, "notStored") && !StewardError.is(error, "unconfirmed")) throw error;
    await assertAllStored(broker, messages, error);
  }
  await reportUnseen();
  return missing;
}
async function unstored(broker, messages, signal) {
  const ids = new Set(messages.map(({ id }) => id));
  if (ids.size > fewIds) return [...messages];
  const stored = /* @__PURE__ */ new Set();
  for (const id of ids) {
    const addresses = await broker.untilAnswered(() => storedAddresses(broker, id), signal);
    for (const address of addresses) stored.add(keyOf(address));
  }
  return messages.filter((message) => !stored.has(keyOf(message)));
}
async function assertAllStored(broker, messages, error) {
  var _stack = [];
  try {
    const limit = __using(_stack, deadline(lookMs));
    const missing = await unstored(broker, messages, limit.signal).catch(() => void 0);
    if (missing === void 0) throw error;
    if (missing.length === 0) return;
    const [{ id } = { id: void 0 }] = missing;
    const why = error.message.replace(`; ${wayToCheck}`, "");
    const extent = missing.length === messages.length ? "nothing is stored" : `not stored for ${shortList(
      missing.map(({ node }) => node),
      fewNames
    )}`;
    throw new StewardError("notStored", `${why}; ${extent}; send it again with the id ${id}`, {
      cause: error,
      id
    });
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}

// src/send/last-look.ts
var lookMs2 = 2e3;
var hurriedMs = 500;
async function lastLook(look, signal) {
  var _stack = [];
  try {
    const over = __using(_stack, signal?.aborted === true ? deadline(hurriedMs) : deadline(lookMs2, signal));
    const late = new Promise((resolve2) => onAbort(over.signal, () => resolve2(void 0)));
    return await Promise.race([look(), late]);
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}

// src/broker/read/acked.ts
function onAcked(broker, id, callback) {
  let isOver = false;
  let subscription;
  broker.write(() => {
    if (isOver || broker.nc.isClosed()) return;
    subscription = broker.nc.subscribe(ackedFilter(broker.namespace, { id }), {
      callback: (error, msg) => {
        const ack = error !== null || isOver ? void 0 : parseAck(msg.data);
        if (ack !== void 0) callback(ack);
      }
    });
  });
  return () => {
    isOver = true;
    broker.soon(() => subscription?.unsubscribe());
  };
}
async function lastAck(broker, address) {
  const { names, namespace: namespace2 } = broker;
  const found = await lastOnSubject(broker, names.acks, ackSubject(namespace2, address)).catch(() => void 0);
  return found && parseAck(found.data);
}
async function lastAckOnLeader(broker, address) {
  const { names, namespace: namespace2 } = broker;
  const found = await lastOnLeader(broker, names.acks, ackSubject(namespace2, address));
  const ack = found && parseAck(found.data);
  return ack && { ack, storedAt: found.storedAt };
}
async function allAcks(broker, address) {
  const { names, namespace: namespace2 } = broker;
  const subject = ackSubject(namespace2, address);
  const acks = [];
  for (let sequence = 1; ; ) {
    const found = await firstFrom(broker, names.acks, { sequence, subject });
    if (found === void 0) return acks;
    const ack = parseAck(found.data);
    if (ack !== void 0) acks.push(ack);
    sequence = found.sequence + 1;
  }
}

// src/send/waiter.ts
var requestsAtOnce4 = 100;
var readEvery = 3e4;
var Waiter = class {
  #broker;
  #onFinal;
  #onAck;
  #pending = /* @__PURE__ */ new Map();
  #subscriptions = /* @__PURE__ */ new Map();
  #leave;
  #allFinal = () => {
  };
  #isOver = false;
  /** `onAck` gets every ACK, also duplicates, and a final one before `onFinal` does. */
  constructor(broker, onFinal, onAck = () => {
  }) {
    this.#broker = broker;
    this.#onFinal = onFinal;
    this.#onAck = onAck;
    this.#leave = broker.onConnection({ back: () => void this.catchUp() });
  }
  /** The messages without a final ACK. */
  get pending() {
    return [...this.#pending.values()];
  }
  /** Listens for the ACKs of further messages. */
  expect(addresses) {
    for (const { node, messageType, subject, id } of addresses) {
      const address = { node, messageType, subject, id };
      if (this.#pending.has(keyOf(address))) continue;
      this.#pending.set(keyOf(address), outcomeOf(address, void 0));
      const end = this.#subscriptions.get(id)?.end ?? onAcked(this.#broker, id, (ack) => this.#take(ack));
      this.#subscriptions.set(id, { pending: (this.#subscriptions.get(id)?.pending ?? 0) + 1, end });
    }
  }
  /** Resolves when every message has its final ACK, after `waitMs`, when `signal` aborts, or when disposed. */
  async settled(waitMs, signal) {
    if (this.#pending.size === 0 || this.#isOver) return;
    const reading = waitMs > readEvery ? setInterval(() => void this.catchUp(), readEvery) : void 0;
    await this.#allFinalWithin(waitMs, signal);
    clearInterval(reading);
    if (this.#isOver) return;
    await lastLook(() => this.catchUp(), signal);
  }
  async #allFinalWithin(ms, signal) {
    let end = () => {
    };
    const over = new Promise((resolve2) => end = resolve2);
    this.#allFinal = end;
    const timer = setTimeout(end, Math.min(ms, longestTimer));
    const forget = onAbort(signal, end);
    await over;
    clearTimeout(timer);
    forget();
  }
  /** Reads the journal for the pending messages: for ids that may be old, and after a reconnect. */
  async catchUp() {
    await inParallel(this.pending, requestsAtOnce4, async ({ address }) => {
      const ack = await lastAck(this.#broker, address);
      if (ack !== void 0) this.#take(ack);
    });
  }
  [Symbol.dispose]() {
    this.#isOver = true;
    this.#allFinal();
    this.#leave();
    for (const { end } of this.#subscriptions.values()) end();
  }
  #take(ack) {
    const key = keyOf(ack);
    const address = this.#pending.get(key)?.address;
    if (address === void 0) return;
    this.#pending.set(key, outcomeOf(address, ack));
    this.#onAck(ack);
    if (!isFinal(ack)) return;
    this.#pending.delete(key);
    this.#forget(address.id);
    this.#onFinal(outcomeOf(address, ack));
    if (this.#pending.size === 0) this.#allFinal();
  }
  /** A log that is forwarded for weeks must not keep a subscription for each block. */
  #forget(id) {
    const subscription = this.#subscriptions.get(id);
    if (subscription === void 0 || --subscription.pending > 0) return;
    subscription.end();
    this.#subscriptions.delete(id);
  }
};

// src/send/waiting.ts
var Waiting = class {
  #broker;
  #messages;
  #options;
  #finals = /* @__PURE__ */ new Map();
  #waiter;
  constructor(broker, messages, options2) {
    this.#broker = broker;
    this.#messages = messages;
    this.#options = options2;
    const { live } = options2;
    this.#waiter = new Waiter(
      broker,
      (outcome) => this.#finals.set(keyOf(outcome.address), outcome),
      (ack) => live?.take(ack)
    );
  }
  /** Starts to listen. Call it before the messages can have an ACK. */
  listen() {
    const { live, known = false } = this.#options;
    live?.follow(this.#messages, { mayHaveBegun: known });
    this.#waiter.expect(this.#messages);
  }
  /**
   * Resolves when all messages have ended, after `waitMs` milliseconds, or when the signal aborts: to their outcomes,
   * in their order.
   */
  async settled(waitMs) {
    const { known = false, signal, onWaiting } = this.#options;
    if (known) await unlessAborted(signal, this.#waiter.catchUp());
    const done = onWaiting?.(() => this.#outcomes());
    try {
      await this.#waiter.settled(waitMs, signal);
      await this.#options.live?.settled(signal);
    } finally {
      done?.();
    }
    const outcomes = this.#outcomes();
    if (outcomes.every(({ standing }) => standing === "final")) return outcomes;
    const { readStandings } = await import("./read-standings-KVL7IYQD.js");
    const asked = outcomes.map((outcome, at) => ({ ...outcome, message: known ? void 0 : this.#messages[at] }));
    const standings = await lastLook(() => readStandings(this.#broker, asked), signal).catch(() => void 0);
    return outcomes.map((outcome, at) => ({ ...outcome, ...standings?.[at] }));
  }
  [Symbol.dispose]() {
    this.#waiter[Symbol.dispose]();
  }
  #outcomes() {
    const pending2 = new Map(this.#waiter.pending.map((outcome) => [keyOf(outcome.address), outcome]));
    return this.#messages.map((address) => {
      const key = keyOf(address);
      return this.#finals.get(key) ?? pending2.get(key) ?? outcomeOf(address, void 0);
    });
  }
};

// src/send/send.ts
async function send(broker, messages, options2) {
  var _stack = [];
  try {
    const { waitMs, onStored } = options2;
    if (waitMs === void 0) {
      const stored2 = await store(broker, messages, options2);
      onStored?.(stored2);
      return messages.map((address) => outcomeOf(address, void 0));
    }
    const waiting = __using(_stack, new Waiting(broker, messages, options2));
    const stored = await store(broker, messages, options2, () => waiting.listen());
    onStored?.(stored);
    return await waiting.settled(waitMs);
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}

// src/client/draft.ts
import { randomInt as randomInt2 } from "node:crypto";

// src/protocol/ids.ts
import { createHash, randomInt } from "node:crypto";

// node_modules/ulid/dist/node/index.js
import crypto from "node:crypto";
var ENCODING = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
var ENCODING_LEN = 32;
var RANDOM_LEN = 16;
var TIME_LEN = 10;
var TIME_MAX = 281474976710655;
var ULIDErrorCode;
(function(ULIDErrorCode2) {
  ULIDErrorCode2["Base32IncorrectEncoding"] = "B32_ENC_INVALID";
  ULIDErrorCode2["DecodeTimeInvalidCharacter"] = "DEC_TIME_CHAR";
  ULIDErrorCode2["DecodeTimeValueMalformed"] = "DEC_TIME_MALFORMED";
  ULIDErrorCode2["EncodeTimeNegative"] = "ENC_TIME_NEG";
  ULIDErrorCode2["EncodeTimeSizeExceeded"] = "ENC_TIME_SIZE_EXCEED";
  ULIDErrorCode2["EncodeTimeValueMalformed"] = "ENC_TIME_MALFORMED";
  ULIDErrorCode2["PRNGDetectFailure"] = "PRNG_DETECT";
  ULIDErrorCode2["ULIDInvalid"] = "ULID_INVALID";
  ULIDErrorCode2["Unexpected"] = "UNEXPECTED";
  ULIDErrorCode2["UUIDInvalid"] = "UUID_INVALID";
})(ULIDErrorCode || (ULIDErrorCode = {}));
var ULIDError = class extends Error {
  constructor(errorCode, message) {
    super(`${message} (${errorCode})`);
    this.name = "ULIDError";
    this.code = errorCode;
  }
};
function randomChar(prng) {
  const randomPosition = Math.floor(prng() * ENCODING_LEN) % ENCODING_LEN;
  return ENCODING.charAt(randomPosition);
}
function replaceCharAt(str, index, char) {
  if (index > str.length - 1) {
    return str;
  }
  return str.substr(0, index) + char + str.substr(index + 1);
}
function incrementBase32(str) {
  let done = void 0, index = str.length, char, charIndex, output = str;
  const maxCharIndex = ENCODING_LEN - 1;
  while (!done && index-- >= 0) {
    char = output[index];
    charIndex = ENCODING.indexOf(char);
    if (charIndex === -1) {
      throw new ULIDError(ULIDErrorCode.Base32IncorrectEncoding, "Incorrectly encoded string");
    }
    if (charIndex === maxCharIndex) {
      output = replaceCharAt(output, index, ENCODING[0]);
      continue;
    }
    done = replaceCharAt(output, index, ENCODING[charIndex + 1]);
  }
  if (typeof done === "string") {
    return done;
  }
  throw new ULIDError(ULIDErrorCode.Base32IncorrectEncoding, "Failed incrementing string");
}
function decodeTime(id) {
  if (id.length !== TIME_LEN + RANDOM_LEN) {
    throw new ULIDError(ULIDErrorCode.DecodeTimeValueMalformed, "Malformed ULID");
  }
  const time2 = id.substr(0, TIME_LEN).toUpperCase().split("").reverse().reduce((carry, char, index) => {
    const encodingIndex = ENCODING.indexOf(char);
    if (encodingIndex === -1) {
      throw new ULIDError(ULIDErrorCode.DecodeTimeInvalidCharacter, `Time decode error: Invalid character: ${char}`);
    }
    return carry += encodingIndex * Math.pow(ENCODING_LEN, index);
  }, 0);
  if (time2 > TIME_MAX) {
    throw new ULIDError(ULIDErrorCode.DecodeTimeValueMalformed, `Malformed ULID: timestamp too large: ${time2}`);
  }
  return time2;
}
function detectPRNG(root) {
  const rootLookup = detectRoot();
  const globalCrypto = rootLookup && (rootLookup.crypto || rootLookup.msCrypto) || (typeof crypto !== "undefined" ? crypto : null);
  if (typeof globalCrypto?.getRandomValues === "function") {
    return () => {
      const buffer2 = new Uint8Array(1);
      globalCrypto.getRandomValues(buffer2);
      return buffer2[0] / 256;
    };
  } else if (typeof globalCrypto?.randomBytes === "function") {
    return () => globalCrypto.randomBytes(1).readUInt8() / 256;
  } else if (crypto?.randomBytes) {
    return () => crypto.randomBytes(1).readUInt8() / 256;
  }
  throw new ULIDError(ULIDErrorCode.PRNGDetectFailure, "Failed to find a reliable PRNG");
}
function detectRoot() {
  if (inWebWorker())
    return self;
  if (typeof window !== "undefined") {
    return window;
  }
  if (typeof global !== "undefined") {
    return global;
  }
  if (typeof globalThis !== "undefined") {
    return globalThis;
  }
  return null;
}
function encodeRandom(len, prng) {
  let str = "";
  for (; len > 0; len--) {
    str = randomChar(prng) + str;
  }
  return str;
}
function encodeTime(now, len = TIME_LEN) {
  if (isNaN(now)) {
    throw new ULIDError(ULIDErrorCode.EncodeTimeValueMalformed, `Time must be a number: ${now}`);
  } else if (now > TIME_MAX) {
    throw new ULIDError(ULIDErrorCode.EncodeTimeSizeExceeded, `Cannot encode a time larger than ${TIME_MAX}: ${now}`);
  } else if (now < 0) {
    throw new ULIDError(ULIDErrorCode.EncodeTimeNegative, `Time must be positive: ${now}`);
  } else if (Number.isInteger(now) === false) {
    throw new ULIDError(ULIDErrorCode.EncodeTimeValueMalformed, `Time must be an integer: ${now}`);
  }
  let mod, str = "";
  for (let currentLen = len; currentLen > 0; currentLen--) {
    mod = now % ENCODING_LEN;
    str = ENCODING.charAt(mod) + str;
    now = (now - mod) / ENCODING_LEN;
  }
  return str;
}
function inWebWorker() {
  return typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope;
}
function isValid(id) {
  return typeof id === "string" && id.length === TIME_LEN + RANDOM_LEN && id.toUpperCase().split("").every((char) => ENCODING.indexOf(char) !== -1);
}
function monotonicFactory(prng) {
  const currentPRNG = prng || detectPRNG();
  let lastTime = 0, lastRandom;
  return function _ulid(seedTime) {
    const seed = !seedTime || isNaN(seedTime) ? Date.now() : seedTime;
    if (seed <= lastTime) {
      const incrementedRandom = lastRandom = incrementBase32(lastRandom);
      return encodeTime(lastTime, TIME_LEN) + incrementedRandom;
    }
    lastTime = seed;
    const newRandom = lastRandom = encodeRandom(RANDOM_LEN, currentPRNG);
    return encodeTime(seed, TIME_LEN) + newRandom;
  };
}

// src/protocol/ids.ts
var random = () => randomInt(2 ** 32) / 2 ** 32;
var makeId = monotonicFactory(random);
var latest2 = 2 ** 48 - 1;
function newId() {
  return makeId(Math.min(latest2, Math.max(1, Date.now())));
}
function derivedId(prefix, { node, messageType, subject, id }) {
  const digest = createHash("sha256").update(`${node}.${typeAndSubject({ messageType, subject })}.${id}`);
  return `${prefix}-${digest.digest("hex").slice(0, 32)}`;
}

// src/protocol/targets.ts
import { createHash as createHash2 } from "node:crypto";
function parseTargets(text2) {
  return text2.split(",").map((word) => parseTarget(word.trim()));
}
function parseTarget(word) {
  if (word === "all") return { kind: "all" };
  if (word.startsWith("@")) return { kind: "group", name: groupName(word.slice(1)) };
  if (word.includes("*")) {
    if (/^[\w*-]+$/.test(word)) return { kind: "glob", source: word, fits: glob(word) };
    throw new StewardError("badName", `the pattern "${word}" may hold only A-Z a-z 0-9 _ - and *`);
  }
  const fault = nodeNameFault(word);
  if (fault !== void 0) throw new StewardError("badName", fault);
  return { kind: "name", name: word };
}
function groupName(text2) {
  if (isToken(text2)) return text2;
  throw new StewardError("badName", `the group's name "${text2}" may hold only A-Z a-z 0-9 _ -`);
}
function parseLabel(text2) {
  const at = text2.indexOf("=");
  if (at < 1) throw new StewardError("usage", `"${text2}" is not a label; write it as key=value`, { about: "label" });
  return { key: text2.slice(0, at), fits: glob(text2.slice(at + 1)) };
}
var unhappy = finalStates.filter((state) => state !== "succeeded");
function parseOnly(text2) {
  const [id = "", list, ...more] = text2.split(":");
  const states = list === void 0 ? unhappy : list.split(",");
  const known = [...finalStates, "pending"];
  const wrong = states.find((state) => !known.includes(state));
  if (!isId(id) || more.length > 0 || wrong !== void 0) {
    const choice = known.join(", ");
    throw new StewardError("usage", `"${text2}": write it as ID:STATE, with one or several of ${choice}`, {
      about: "only"
    });
  }
  return { id, states };
}
function parseLimit(text2) {
  const [, digits = "", percent = ""] = /^(\d{1,9})(%?)$/.exec(text2) ?? [];
  const value = Number(digits);
  if (value >= 1 && (percent === "" || value <= 100)) return { kind: percent === "" ? "count" : "percent", value };
  throw new StewardError("usage", `"${text2}": write a number of nodes such as 10, or a part of them such as 10%`, {
    about: "limit"
  });
}
function plainNames({ include, exclude, labels, only, limit }) {
  if (exclude.length > 0 || labels.length > 0 || only !== void 0 || limit !== void 0) return void 0;
  const names = include.map((target) => target.kind === "name" ? target.name : void 0);
  return names.every((name) => name !== void 0) ? [...new Set(names)] : void 0;
}
function limited(names, limit, seed) {
  if (limit === void 0) return [...names];
  const most = limit.kind === "count" ? limit.value : Math.ceil(names.length * limit.value / 100);
  const drawn = names.map((name) => ({ name, lot: createHash2("sha256").update(`${seed}
${name}`).digest("hex") }));
  const chosen = new Set(
    drawn.toSorted((a, b) => a.lot < b.lot ? -1 : 1).slice(0, most).map(({ name }) => name)
  );
  return names.filter((name) => chosen.has(name));
}

// src/send/outgoing.ts
import { userInfo } from "node:os";
function toMessages({ nodes, ...draft }, { from, id }) {
  const createdAt = (/* @__PURE__ */ new Date()).toISOString();
  return [...new Set(nodes)].map((node) => ({
    ...draft,
    id: draft.id ?? id,
    from: draft.from ?? from,
    node,
    createdAt
  }));
}
function defaultSender() {
  try {
    return toToken(userInfo().username);
  } catch {
    return `uid-${process.getuid?.() ?? 0}`;
  }
}

// src/client/draft.ts
async function prepare(session, what) {
  if ("messages" in what) return what;
  if (!isList(what)) return prepareOne(session, what);
  const prepared2 = [];
  for (const draft of what) prepared2.push(await prepareOne(session, draft));
  return {
    messages: prepared2.flatMap(({ messages }) => messages),
    nodes: [...new Set(prepared2.flatMap(({ nodes }) => nodes))],
    unmatched: prepared2.flatMap(({ unmatched }) => unmatched),
    known: prepared2.some(({ known }) => known),
    seen: new Set(prepared2.flatMap(({ seen }) => [...seen]))
  };
}
async function prepareOne(session, draft) {
  if (draft.nodes === void 0) throw new StewardError("badMessage", "nodes is missing");
  const template = templateOf(draft);
  const { nodes, unmatched, seen = /* @__PURE__ */ new Set() } = await resolve(session, draft.nodes);
  const messages = toMessages({ ...template, nodes }, { from: session.from, id: newId() });
  return { messages, nodes, unmatched, known: draft.id !== void 0, seen };
}
function templateOf({ nodes: _nodes, type, ...draft }) {
  const { nodes: _someNode, ...template } = parseDraft({ ...draft, messageType: type, node: "some-node" });
  return template;
}
async function resolve({ broker }, targets) {
  if (isResolved(targets)) return targets;
  const spec = specOf(targets);
  const names = plainNames(spec);
  if (names?.length === 0) throw new StewardError("noMatch", "no matching node: nodes is empty");
  if (names !== void 0) return { nodes: names, unmatched: [] };
  const { resolveTargets } = await import("./targets-2WH4HAKY.js");
  return resolveTargets(broker, spec);
}
function specOf(targets) {
  const narrowed = isNames(targets) ? { nodes: targets } : targets;
  const { nodes = "all", label = [], exclude = [], only, limit, seed = String(randomInt2(2 ** 32)) } = narrowed;
  const labels = isNames(label) ? [label].flat() : Object.entries(label).map(([key, value]) => `${key}=${value}`);
  return {
    include: [nodes].flat().flatMap(parseTargets),
    exclude: [exclude].flat().flatMap(parseTargets),
    labels: labels.map(parseLabel),
    only: only && parseOnly([only.id, ...only.states === void 0 ? [] : [only.states.join(",")]].join(":")),
    limit: limit === void 0 ? void 0 : parseLimit(String(limit)),
    seed
  };
}
function isList(drafts) {
  return Array.isArray(drafts);
}
function isNames(value) {
  return typeof value === "string" || Array.isArray(value);
}
function isResolved(targets) {
  return typeof targets === "object" && "unmatched" in targets;
}
function assertNodeName(text2) {
  const fault = nodeNameFault(text2);
  if (fault !== void 0) throw new StewardError("badName", fault);
}

// src/client/options.ts
function waitOf(wait, name = "wait") {
  if (wait === "forever") return longestTimer;
  const ms = parseDuration(String(wait));
  if (ms !== void 0 && ms <= longestTimer) return ms;
  const shown = wait === void 0 ? "is missing" : `${JSON.stringify(wait)} is not a duration of at most 24d`;
  throw new StewardError("usage", `${name} ${shown}; write one such as "30s" or "5m"`);
}

// src/client/result.ts
function resultOf(standings, isOk = (outcome) => outcome.ok) {
  const ended = standings.filter(hasEnded);
  const outcomes = ended.map(outcomeOfMessage);
  const open = standings.filter((one) => !hasEnded(one));
  const pending2 = [...new Set(open.map(({ address }) => address.node))];
  const ok = pending2.length === 0 && outcomes.every(isOk);
  return {
    ok,
    outcomes,
    pending: pending2,
    standings,
    orThrow: () => {
      if (ok) return outcomes;
      throw notAllOk(standings.filter((one) => !hasEnded(one) || !isOk(outcomeOfMessage(one))));
    }
  };
}
function outcomeOfAck(ack) {
  const { node, state, attempt, exitCode, output, error } = ack;
  const [stdout2, stderr2] = ["stdout", "stderr"].map((stream) => output && heldBytes(output, stream));
  return {
    node,
    state,
    ok: state === "succeeded",
    attempt,
    exitCode,
    stdout: stdout2?.toString() ?? "",
    stderr: stderr2?.toString() ?? "",
    truncated: output?.truncated !== void 0,
    error,
    ack
  };
}
function hasEnded({ standing }) {
  return standing === "final" || standing === "expired";
}
function outcomeOfMessage({ address, ack }) {
  if (ack !== void 0 && isFinal(ack)) return outcomeOfAck(ack);
  const error = { code: "expired", message: "it expired in the queue; its node has not recorded that yet" };
  const none = { attempt: 0, stdout: "", stderr: "", truncated: false };
  return { node: address.node, state: "expired", ok: false, ...none, error };
}
function notAllOk([first, ...others]) {
  const { id = "", node = "" } = first?.address ?? {};
  const more = others.length === 0 ? "" : ` (and of ${others.length} more)`;
  if (first === void 0 || !hasEnded(first)) {
    return new StewardError("notAllOk", `${id} has not ended on ${node}: ${first?.standing}${more}`, { id });
  }
  const { state, error } = outcomeOfMessage(first);
  const why = error === void 0 ? "" : `: ${error.message}`;
  return new StewardError("notAllOk", `${id} ${state} on ${node}${why}${more}`, { id });
}

// src/client/sent.ts
function sentOf(session, messages, { stored, unseen, only }) {
  const id = messages[0]?.id ?? "";
  const addresses = messages.map(({ node, messageType, subject }) => ({ node, messageType, subject, id }));
  return {
    id,
    nodes: [...new Set(addresses.map(({ node }) => node))],
    addresses,
    stored,
    unseen,
    // In JavaScript they may be left out.
    done: (until) => doneOn(session, addresses, { ...until }),
    events: (options2 = {}) => session.read(options2, async function* (ended) {
      const { sentEvents } = await import("./events-6BMKOG4U.js");
      yield* sentEvents(session, addresses, options2, ended);
    }),
    status: (options2 = {}) => doneOn(session, addresses, { ...options2, wait: "0s" }),
    cancel: async (options2 = {}) => {
      const { cancelOf } = await import("./cancel-IZWRSN37.js");
      return cancelOf(session, id, { nodes: only, ...options2 });
    }
  };
}
function attach(session, id, { node, ...options2 } = {}) {
  return session.run(options2, async () => {
    const addresses = await addressesOf(session.broker, id, node);
    return sentOf(session, addresses, { stored: "before", unseen: [], only: node });
  });
}
async function doneOn(session, addresses, until) {
  const { wait, onEvent, onWaiting } = until;
  const waitMs = waitOf(wait);
  return session.run(until, async (signal) => {
    var _stack = [];
    try {
      const live = __using(_stack, onEvent && (await import("./events-6BMKOG4U.js")).followEvents(session, addresses, onEvent));
      const waiting = __using(_stack, new Waiting(session.broker, addresses, { known: true, live, signal, onWaiting }));
      waiting.listen();
      return resultOf(await waiting.settled(waitMs));
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      __callDispose(_stack, _error, _hasError);
    }
  });
}

// src/client/deliver.ts
async function sendAll(session, what, options2 = {}) {
  const storeMs = waitOf(options2.wait ?? "30s");
  let sent = [];
  await session.run(options2, async (signal) => {
    const prepared2 = await prepare(session, what);
    const onStored = (all) => void (sent = all);
    await deliver(session, prepared2, { ...options2, storeMs, waitMs: void 0, onStored, signal });
  });
  return sent;
}
async function send2(session, what, options2 = {}) {
  const [sent] = await sendAll(session, what, options2);
  if (sent === void 0) throw new StewardError("usage", "there is nothing to send");
  return sent;
}
async function run(session, what, options2) {
  const { wait, onEvent, onStored, knownOnly, onWaiting } = options2;
  const waitMs = waitOf(wait);
  return session.run(options2, async (signal) => {
    var _stack = [];
    try {
      const prepared2 = await prepare(session, what);
      const live = __using(_stack, onEvent && (await import("./events-6BMKOG4U.js")).followEvents(session, prepared2.messages, onEvent));
      return resultOf(await deliver(session, prepared2, { waitMs, live, onStored, knownOnly, onWaiting, signal }));
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      __callDispose(_stack, _error, _hasError);
    }
  });
}
async function deliver(session, { messages, known, seen }, { onStored, knownOnly = false, ...options2 }) {
  let unseen = [];
  return send(session.broker, messages, {
    ...options2,
    known,
    seen,
    knownOnly,
    onNeverSeen: (names, meant) => unseen = names.map((node) => ({ node, meant: meant.get(node) })),
    onStored: (stored) => onStored?.(sentById(session, messages, stored, unseen))
  });
}
function sentById(session, messages, stored, unseen) {
  const byId2 = /* @__PURE__ */ new Map();
  for (const message of messages) {
    const its = byId2.get(message.id);
    if (its === void 0) byId2.set(message.id, [message]);
    else its.push(message);
  }
  const fresh = new Set(stored.map(({ id }) => id));
  return [...byId2].map(([id, its]) => {
    const nodes = new Set(its.map(({ node }) => node));
    const isFor = ({ node }) => nodes.has(node);
    return sentOf(session, its, { stored: fresh.has(id) ? "now" : "before", unseen: unseen.filter(isFor) });
  });
}

// src/client/client.ts
var later = {
  groups: () => import("./groups-Z7N7ZQXV.js"),
  lanes: () => import("./lanes-ZANEVTAK.js"),
  lines: () => import("./lines-XA56ANAX.js"),
  log: () => import("./log-NYNYGIAH.js"),
  nodes: () => import("./nodes-MDBO54IO.js"),
  queue: () => import("./queue-V44LBHVD.js"),
  replay: () => import("./replay-B5H6UP63.js"),
  retire: () => import("./retire-VLX734U5.js"),
  schedules: () => import("./schedules-YL33JVHS.js"),
  trace: () => import("./trace-OK2ILKK6.js")
};
var Client = class {
  #session;
  constructor(session) {
    this.#session = session;
  }
  get from() {
    return this.#session.from;
  }
  send = (what, options2) => send2(this.#session, what, options2);
  sendAll = (what, options2) => sendAll(this.#session, what, options2);
  run = (what, options2) => run(this.#session, what, { ...options2 });
  attach = (id, options2) => attach(this.#session, id, options2);
  prepare = (what, options2 = {}) => this.#session.run(options2, () => prepare(this.#session, what));
  resolve = (targets, options2 = {}) => this.#session.run(options2, () => resolve(this.#session, targets));
  replay = async (id, options2) => this.send(await this.prepareReplay(id, options2), options2);
  prepareReplay = async (...args) => (await later.replay()).prepareReplay(this.#session, ...args);
  forward = async (...args) => (await later.lines()).forward(this.#session, ...args);
  nodes = async (...args) => (await later.nodes()).nodes(this.#session, ...args);
  node = async (...args) => (await later.nodes()).node(this.#session, ...args);
  nodeChanges = (...args) => lazily(async () => (await later.nodes()).nodeChanges(this.#session, ...args));
  log = (...args) => lazily(async () => (await later.log()).log(this.#session, ...args));
  errors = (...args) => lazily(async () => (await later.log()).errors(this.#session, ...args));
  watch = async (...args) => (await later.log()).watch(this.#session, ...args);
  queue = async (...args) => (await later.queue()).queue(this.#session, ...args);
  queueLengths = async (...args) => (await later.queue()).queueLengths(this.#session, ...args);
  places = async (...args) => (await later.trace()).places(this.#session, ...args);
  trace = (...args) => lazily(async () => (await later.trace()).trace(this.#session, ...args));
  whereabouts = async (...args) => (await later.trace()).whereabouts(this.#session, ...args);
  lanes = async (...args) => (await later.lanes()).lanes(this.#session, ...args);
  daemon = async (...args) => (await later.lanes()).daemon(this.#session, ...args);
  lane = async (node, lane, verb, options2 = {}) => (await later.lanes()).control(this.#session, node, verb, { ...options2, lane });
  control = async (...args) => (await later.lanes()).control(this.#session, ...args);
  traces = async (...args) => (await later.retire()).traces(this.#session, ...args);
  retire = async (...args) => (await later.retire()).retire(this.#session, ...args);
  schedules = {
    put: async (...args) => (await later.schedules()).putSchedule(this.#session, ...args),
    plan: async (...args) => (await later.schedules()).planRule(this.#session, ...args),
    list: async (...args) => (await later.schedules()).listSchedules(this.#session, ...args),
    remove: async (...args) => (await later.schedules()).removeSchedule(this.#session, ...args)
  };
  groups = {
    set: async (...args) => (await later.groups()).changeGroup(this.#session, "set", ...args),
    add: async (...args) => (await later.groups()).changeGroup(this.#session, "add", ...args),
    list: async (...args) => (await later.groups()).listGroups(this.#session, ...args),
    remove: async (...args) => (await later.groups()).removeGroup(this.#session, ...args)
  };
  onConnection({ lost, back }) {
    const { broker } = this.#session;
    return broker.onConnection({
      ...lost && { lost },
      // Only when the broker has the subscriptions again.
      ...back && { back: () => void broker.flush().then(back, () => void 0) }
    });
  }
  close() {
    return this.#session.close();
  }
  async [Symbol.asyncDispose]() {
    await this.close();
  }
};
async function* lazily(begin) {
  yield* await begin();
}

// src/client/find-broker.ts
async function findBroker(given) {
  const { args, origins } = await settingsOf(valuesOf(given));
  const known = await withContext({ args, origins }, process.env);
  const from = args["from"] === void 0 ? defaultSender() : String(args["from"]);
  return { settings: connectionSettings(known.args), from };
}
var { context, namespace } = commonOptions;
var options = { ...connectionOptions, context, namespace, from: operatorOptions.from };
async function settingsOf(values) {
  if (values["server"] === void 0) {
    return layeredSettings(values, { options, env: process.env, mayBeElsewhere: () => true, called });
  }
  const given = { args: values, origins: {} };
  assertWithinBounds(given, { options, called });
  return given;
}
function valuesOf({ servers, tls = {}, ...same2 }) {
  const { creds, nkey, user, password, token } = same2;
  return {
    creds,
    nkey,
    user,
    password,
    token,
    namespace: same2.namespace,
    from: same2.from,
    context: same2.context,
    server: servers === void 0 ? void 0 : [servers].flat().join(","),
    "tls-ca": tls.ca,
    "tls-cert": tls.cert,
    "tls-key": tls.key,
    "tls-first": tls.first
  };
}
function called(option) {
  if (option === "server") return "servers";
  return option.startsWith("tls-") ? option.replace("-", ".") : camelCase(option);
}

// src/client/session.ts
import { setMaxListeners } from "node:events";
var Session = class {
  broker;
  /** The sender's name, unless a message or a call sets another one. */
  from;
  #open = /* @__PURE__ */ new Set();
  #closing;
  constructor(broker, from) {
    this.broker = broker;
    this.from = from;
  }
  /**
   * Runs `action` until it is done, `signal` aborts or the client is closed. In the last two cases it rejects at once
   * and aborts the signal of `action`. `enough` only aborts the signal of `action`, which then ends with what it
   * knows.
   * @throws StewardError closed; the reason of `signal`; what `action` throws
   */
  async run({ signal, enough }, action) {
    this.assertOpen();
    signal?.throwIfAborted();
    const own = new AbortController();
    let end = () => {
    };
    const ended = new Promise((_resolve, reject) => end = reject);
    const forget = this.#onEnd(signal, (reason) => {
      end(reason);
      own.abort();
    });
    const forgetEnough = onAbort(enough, () => own.abort());
    try {
      return await Promise.race([ended, action(own.signal)]);
    } catch (error) {
      throw brokerTrouble(error);
    } finally {
      forget();
      forgetEnough();
    }
  }
  /**
   * Like `run`, for a sequence of items. When the loop over them ends, also by `break`, the signal of `begin` aborts.
   */
  async *read({ signal }, begin) {
    this.assertOpen();
    signal?.throwIfAborted();
    const own = new AbortController();
    const over = { has: false };
    let end = () => {
    };
    const forget = this.#onEnd(signal, (reason) => {
      Object.assign(over, { has: true, reason });
      end(reason);
      own.abort();
    });
    const items = begin(own.signal)[Symbol.asyncIterator]();
    let isWaiting = false;
    try {
      while (!over.has) {
        isWaiting = true;
        const item = await new Promise((resolve2, reject) => {
          end = reject;
          items.next().then(resolve2, reject);
        });
        isWaiting = false;
        if (item.done === true) return;
        yield item.value;
      }
      throw over.reason;
    } catch (error) {
      throw brokerTrouble(error);
    } finally {
      forget();
      own.abort();
      const returned = items.return?.().catch(() => void 0);
      if (!isWaiting) await returned;
    }
  }
  /** Ends all waits, and then the connection. May be called twice. */
  close() {
    this.#closing ??= this.#close();
    return this.#closing;
  }
  /** @throws StewardError closed */
  assertOpen() {
    if (this.#closing !== void 0) throw closed();
  }
  async #close() {
    for (const end of this.#open) end(closed());
    await this.broker.close();
  }
  #onEnd(signal, end) {
    this.#open.add(end);
    if (signal !== void 0) setMaxListeners(0, signal);
    const forget = onAbort(signal, () => end(signal?.reason));
    return () => {
      this.#open.delete(end);
      forget();
    };
  }
};
function closed() {
  return new StewardError("closed", "the client is closed; messages that were sent stay sent");
}

// src/client.ts
async function connect2(options2 = {}) {
  const { signal, wait = "5s", name = "steward client" } = options2;
  signal?.throwIfAborted();
  const waitMs = waitOf(wait);
  try {
    const { settings, from } = await findBroker(options2);
    const opening = openBroker(settings, { name, waitMs, ...signal && { signal } });
    await unlessAborted(signal, opening);
    if (signal?.aborted === true) void opening.then((broker) => broker.close()).catch(() => void 0);
    signal?.throwIfAborted();
    return new Client(new Session(await opening, from));
  } catch (error) {
    signal?.throwIfAborted();
    throw brokerTrouble(error);
  }
}

// src/cli/connect.ts
async function connectFromArguments(args) {
  const { args: known } = await withContext({ args, origins: {} }, process.env);
  const { server = usualServer, namespace: namespace2, creds, nkey, user, password, token } = known;
  return connect2({
    name: "steward",
    servers: server,
    namespace: namespace2,
    from: args.from,
    creds,
    nkey,
    user,
    password,
    token,
    tls: { ca: known["tls-ca"], cert: known["tls-cert"], key: known["tls-key"], first: known["tls-first"] }
  });
}

// src/cli/send-arguments.ts
import { readFile as readFile2 } from "node:fs/promises";
import { buffer } from "node:stream/consumers";

// src/cli/arguments.ts
function durationOf(option, text2) {
  if (text2 === void 0) return void 0;
  const ms = parseDuration(text2);
  if (ms !== void 0) return ms;
  throw new StewardError("usage", `--${option} ${text2} is not a duration; write one such as 30s or 5m`);
}
function timerOf(option, text2) {
  const ms = durationOf(option, text2);
  if (ms === void 0 || ms <= longestTimer) return ms;
  throw new StewardError("usage", `--${option} ${text2} is too long; it may be at most 24d`);
}
function firstGiven(args, names) {
  return names.find((name) => args[name] !== void 0 && args[name] !== false && [args[name]].flat().length > 0);
}
function messageIdOf(text2) {
  if (isId(text2)) return text2;
  throw new StewardError("usage", `"${text2}" is not a message id (A-Z a-z 0-9 _ -, at most 40 characters)`);
}
function nodeOf(name) {
  const fault = name === void 0 ? void 0 : nodeNameFault(name);
  if (fault !== void 0) throw new StewardError("badName", fault);
  return name;
}

// src/cli/targets.ts
import { randomInt as randomInt3 } from "node:crypto";
import { text } from "node:stream/consumers";

// src/cli/unread-input.ts
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from "node:fs";
function refuseUnreadInput() {
  if (!somethingWaits()) return;
  const way = "if this is intended, add `< /dev/null`";
  throw new StewardError("usage", `there is data on standard input, but commands on nodes do not get it; ${way}`);
}
function somethingWaits() {
  try {
    const stat = fstatSync(0);
    return stat.isFile() ? stat.size > 0 && position() === 0 : stat.isFIFO() && pipeHolds();
  } catch {
    return false;
  }
}
function position() {
  const [, at] = /^pos:\s*(\d+)$/m.exec(readFileSync("/proc/self/fdinfo/0", "utf8")) ?? [];
  return Number(at);
}
function pipeHolds() {
  const pipe = openSync("/proc/self/fd/0", constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return readSync(pipe, Buffer.alloc(1)) > 0;
  } finally {
    closeSync(pipe);
  }
}

// src/cli/targets.ts
var targetOptions = {
  label: {
    type: "strings",
    value: "key=value",
    completes: "label",
    describe: "only nodes with this label; may be repeated, then all must match"
  },
  exclude: {
    type: "strings",
    completes: "nodes",
    describe: "not these nodes: names, patterns or @groups, several with commas"
  },
  only: {
    type: "string",
    completes: "id",
    describe: "only nodes where message ID ended in these states, such as ID:failed,expired; ID alone: any state but succeeded"
  },
  limit: { type: "string", value: "number", describe: "at most this many nodes, such as 10 or 10%, chosen at random" },
  seed: { type: "string", describe: "any text; the same text chooses the same nodes again" },
  "dry-run": { type: "boolean", describe: "print the nodes, and send nothing" },
  yes: { type: "boolean", alias: "y", describe: "do not ask before sending to many nodes" }
};
var fewNodes = 10;
async function targetsOf(nodes, args) {
  const { label, exclude, only, limit, seed = String(randomInt3(2 ** 32)) } = args;
  const targets = {
    nodes: await withInput(nodes, args),
    label,
    exclude,
    only: only === void 0 ? void 0 : parseOnly(only),
    limit: limit === void 0 ? void 0 : limitOf(limit),
    seed
  };
  specOf(targets);
  return targets;
}
function limitOf(limit) {
  const { kind, value } = parseLimit(limit);
  return kind === "percent" ? `${value}%` : value;
}
async function withInput(nodes, { lines: linesFrom }) {
  const words = nodes.split(",").map((word) => word.trim());
  if (!words.includes("@-")) return words;
  if (linesFrom === "-") throw new StewardError("usage", "@- and --lines - cannot both be standard input");
  const lines = (await text(process.stdin)).replaceAll(/#.*/g, "");
  const names = lines.split(/[\s,]+/).filter(Boolean);
  if (names.length === 0) throw new StewardError("usage", "@-: standard input contains no node names");
  return words.flatMap((word) => word === "@-" ? names : [word]);
}
async function prepared(steward, draft) {
  return reportingUnmatched(await steward.prepare(draft));
}
async function resolved(steward, targets) {
  return reportingUnmatched(await steward.resolve(targets));
}
function reportingUnmatched(found) {
  for (const pattern of found.unmatched) printNote(`steward: no node matches ${pattern}`);
  return found;
}
async function mayReach(nodes, args, targets) {
  if (args.lines !== "-") refuseUnreadInput();
  if (nodes.length <= fewNodes || targets?.nodes.flatMap(parseTargets).every(({ kind }) => kind === "name"))
    return true;
  const { confirm } = await import("./confirm-GFOINCSD.js");
  const isMeant = await confirm(`send it to ${nodes.length} nodes?`, { yes: args.yes === true });
  if (!isMeant) printNote("nothing was sent");
  return isMeant;
}
function showTargets({ limit, seed }, nodes, { json }) {
  if (json) {
    printJson({ nodes, count: nodes.length, ...limit === void 0 ? {} : { seed } });
    return exitCodes.succeeded;
  }
  print(nodes);
  const drawn = limit === void 0 ? "" : `, selected with --seed ${seed}`;
  printNote(`${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}${drawn}; nothing was sent`);
  return exitCodes.succeeded;
}

// src/cli/waiting-options.ts
var waitingOptions = {
  wait: operatorOptions.wait,
  "no-wait": {
    type: "boolean",
    excludes: "wait",
    describe: "do not wait for the outcome; print the id once the message is stored"
  },
  follow: { type: "boolean", alias: "f", describe: "show the output during the run, until all nodes have ended" },
  quiet: { type: "boolean", alias: "q", describe: "print only what did not succeed" }
};
function waitOf2(args) {
  const misplaced = firstGiven(args, ["no-wait", "lines", "quiet"]);
  if (args.follow && misplaced !== void 0) {
    throw new StewardError("usage", `--follow waits for the end and shows everything; leave out --${misplaced}`);
  }
  if (args["no-wait"]) return void 0;
  const ms = timerOf("wait", args.wait);
  if (ms !== void 0) return `${ms}ms`;
  return args.follow ? "forever" : "30s";
}
function warnOfUnknownNodes(unseen, done) {
  for (const { node, meant } of unseen) {
    const asked = meant === void 0 ? "" : `did you mean ${meant}? `;
    printNote(`steward: unknown node ${node} (neverSeen); ${asked}${done}`);
  }
}

// src/cli/send-arguments.ts
var sendOptions = {
  event: { type: "boolean", describe: "send an event, not a command; log and error are always events" },
  timeout: { type: "string", value: "duration", describe: "longest time of one run, such as 5m" },
  retries: { type: "number", describe: "number of retries after a failure" },
  "retry-wait": {
    type: "string",
    value: "duration",
    describe: "wait before the first retry; doubles with each retry"
  },
  expires: {
    type: "string",
    value: "duration",
    describe: "how long after it was stored it may still start, such as 2h"
  },
  "at-most-once": { type: "boolean", describe: "never run it a second time, not even after a crash" },
  reply: { type: "string", value: "node.subject", describe: "also send the output as an event, such as central.log" },
  ...targetOptions,
  ...waitingOptions,
  file: {
    type: "string",
    completes: "file",
    describe: "send the messages of a JSON or YAML file, - for standard input"
  },
  lines: {
    type: "string",
    completes: "file",
    describe: "send the lines of a file as log events in blocks, - for standard input"
  },
  at: { type: "string", value: "time", describe: "send the message at this time, such as 2026-12-24T18:00:00Z" },
  every: { type: "string", value: "duration", describe: "send the message repeatedly, at this interval, such as 1h" },
  cron: {
    type: "string",
    value: "line",
    describe: "send the message at the times of a cron line, such as '30 4 * * 1-5'"
  },
  tz: { type: "string", value: "zone", describe: "the time zone of the cron line; default UTC" },
  id: { type: "string", value: "id", describe: "the message's id; the same id does not run twice" },
  from: operatorOptions.from,
  "known-only": { type: "boolean", describe: "refuse unknown nodes" }
};
async function draftOf(args) {
  const { nodes, subject } = args;
  if (nodes === void 0 || subject === void 0) {
    throw new StewardError("usage", "name the nodes and the subject, such as `steward send ship1 exec -- uname -a`");
  }
  const draft = {
    ...optionsOf(args),
    id: args.id,
    type: args.event ? "event" : void 0,
    subject,
    data: [...args.data ?? [], ...args["--"] ?? []],
    nodes: await targetsOf(nodes, args)
  };
  templateOf(draft);
  if (args.lines === void 0) assertRunsSomething(draft);
  return draft;
}
function assertRunsSomething({ type, subject, data = [] }) {
  if (type === "event" || data.length > 0 || !["exec", "shell", "shellCommand"].includes(subject)) return;
  const what = subject === "shell" ? "'df -h'" : "-- df -h";
  throw new StewardError(
    "usage",
    `${subject} needs the command to run, such as \`steward send ship1 ${subject} ${what}\``
  );
}
async function fileDrafts(file, args) {
  const narrowing = Object.keys(targetOptions);
  const misplaced = firstGiven(args, ["nodes", "id", "event", "lines", "--", ...narrowing]);
  if (misplaced !== void 0) {
    throw new StewardError("usage", `with --file the messages are in the file; leave out ${misplaced}`);
  }
  const { parseDocuments } = await import("./documents-73OPF3ZU.js");
  const { parts } = await parseDocuments(await readInput(file));
  const name = file === "-" ? "standard input" : file;
  if (parts.length === 0) throw new StewardError("usage", `${name}: contains no messages`);
  return parts.map((part, index) => {
    if (part.kind === "broken") throw new StewardError("notJson", `${name}: ${part.reason}`);
    try {
      const { nodes, ...draft } = parseDraft(part.value);
      const {
        nodes: _nodes,
        messageType: type,
        ...checked
      } = parseDraft({ ...optionsOf(args), ...draft, node: nodes });
      return { ...checked, type, nodes };
    } catch (error) {
      throw new StewardError("badMessage", `${name}: message ${index + 1}: ${messageOf(error)}`);
    }
  });
}
function wantsSchedule(args) {
  return firstGiven(args, ["at", "every", "cron", "tz"]) !== void 0;
}
function optionsOf(args) {
  return {
    from: args.from,
    timeout: args.timeout,
    retries: args.retries,
    retryWait: args["retry-wait"],
    expires: args.expires,
    delivery: args["at-most-once"] ? "atMostOnce" : void 0,
    reply: replyOf(args.reply)
  };
}
function replyOf(text2) {
  if (text2 === void 0) return void 0;
  const [node = "", subject, ...more] = text2.split(".");
  if (subject !== void 0 && more.length === 0) return { node, subject };
  throw new StewardError("usage", `--reply ${text2}: write it as node.subject, such as central.log`);
}
async function readInput(file) {
  if (file === "-") return buffer(process.stdin);
  return readFile2(file).catch((error) => {
    throw new StewardError("fileUnreadable", `${file} cannot be read: ${messageOf(error)}`);
  });
}

// src/cli/interrupt.ts
function onInterrupt() {
  const controller = new AbortController();
  const abort = () => controller.abort();
  process.once("SIGINT", abort);
  return { signal: controller.signal, [Symbol.dispose]: () => void process.removeListener("SIGINT", abort) };
}
function onLeave() {
  const { signal, ...interrupt } = onInterrupt();
  void stdout.watchReader();
  return { ...interrupt, signal: AbortSignal.any([signal, stdout.closed]) };
}

// src/cli/render/progress.ts
var fewNames2 = 5;
function progressLine(outcomes, elapsedMs, width = 80) {
  const ended = outcomes.filter(({ standing }) => standing === "final");
  const open = outcomes.filter(({ standing }) => standing !== "final");
  const howMany = (wanted) => open.filter(({ standing }) => standing === wanted).length;
  const counts = {
    failed: ended.filter(({ ack }) => ack?.state !== "succeeded").length,
    running: howMany("running"),
    retrying: howMany("retrying"),
    queued: howMany("queued")
  };
  const parts = Object.entries(counts).flatMap(([what, count2]) => count2 > 0 ? [`${count2} ${what}`] : []);
  const missing = shortList([...new Set(open.map(({ address }) => address.node))], fewNames2);
  const seconds = `${Math.round(elapsedMs / 1e3)}s`;
  const line = [`${ended.length} of ${outcomes.length} done`, ...parts, seconds, `missing: ${missing}`].join(", ");
  return line.length < width ? line : `${line.slice(0, Math.max(0, width - 2))}\u2026`;
}

// src/cli/progress.ts
var patienceMs = 400;
var refreshMs = 200;
function progressOn({
  quiet,
  follow
}) {
  if (!stderr.isTerminal || process.env["TERM"] === "dumb" || quiet || follow) return void 0;
  return (standing) => {
    const begun = performance.now();
    let shown = false;
    const draw = () => {
      const elapsed = performance.now() - begun;
      if (elapsed < patienceMs) return;
      shown = true;
      drawProgress(progressLine(standing(), elapsed, stderr.terminal.columns || 80));
    };
    const timer = setInterval(draw, refreshMs);
    return () => {
      clearInterval(timer);
      if (shown) drawProgress("");
    };
  };
}

// src/cli/render/output.ts
function outputBytes(ack, stream) {
  return (ack?.output && heldBytes(ack.output, stream)) ?? Buffer.alloc(0);
}
function indentedOutput(ack) {
  const streams = ["stdout", "stderr"].map(
    (stream) => harmlessBytes(outputBytes(ack, stream)).toString("latin1")
  );
  const lines = streams.flatMap((text2) => text2 === "" ? [] : text2.replace(/\n$/, "").split("\n"));
  return Buffer.from(lines.map((line) => line === "" ? "\n" : `  ${line}
`).join(""), "latin1");
}
function gaps(ack) {
  const { output } = ack ?? {};
  if (output !== void 0 && heldBytes(output, "stdout") === void 0) {
    return [`the output is encoded as ${output.encoding}, which this version of Steward cannot read`];
  }
  return Object.entries(ack?.output?.truncated ?? {}).flatMap(
    ([stream, gap]) => gap === void 0 ? [] : [`${stream}: ${gap.omitted} of ${gap.total} bytes are left out`]
  );
}

// src/cli/render/outcomes.ts
function exitCodeFor({ succeeded: _succeeded, pending: pending2, ...others }) {
  if (Object.values(others).some((count2) => count2 > 0)) return exitCodes.failed;
  return pending2 > 0 ? exitCodes.pending : exitCodes.succeeded;
}
function countsOf({ pending: _pending, ...ended }, open) {
  const counts = { ...ended };
  for (const { standing } of open) if (isOpen(standing)) counts[standing] = (counts[standing] ?? 0) + 1;
  const shown = Object.entries(counts).filter(([, count2]) => count2 > 0);
  return shown.map(([state, count2]) => `${count2} ${state}`).join(", ");
}
function isOpen(standing) {
  return standing !== "final" && standing !== "expired";
}
function messageJson(id, outcomes) {
  const nodes = outcomes.map(({ address: { node, messageType, subject }, ack, standing: state }) => {
    return ack ?? { id, node, messageType, subject, state };
  });
  return { id, nodes, summary: summarise(outcomes) };
}
var fewNames3 = 12;
function messagesText(messages, reading = {}) {
  const all = [...messages.values()].flat();
  const [only, another] = all;
  const hints = [...messages].flatMap(([id, outcomes]) => waysOn(id, outcomes, reading));
  if (reading.quiet === true && all.every(isSuccess)) return { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  if (reading.isFollowed === true) {
    const others = all.filter((one) => !isSuccess(one)).map((one) => `${one.address.node}: ${standingText(one)}`);
    const counts2 = all.length > 1 ? [`${whatOf(messages)}: ${countsOf(summarise(all), all)}`] : [];
    return { stdout: Buffer.alloc(0), stderr: inLines([...others, ...counts2, ...hints]) };
  }
  if (only !== void 0 && another === void 0) return loneText(only, hints);
  const titled = [...messages].map(([id, outcomes]) => {
    const lane = outcomes[0] === void 0 ? "" : typeAndSubject(outcomes[0].address);
    const shown = reading.quiet === true ? outcomes.filter((outcome) => !isSuccess(outcome)) : outcomes;
    return Buffer.concat([inLines(messages.size > 1 ? [`${id} ${lane}`] : []), ...folded(shown, reading)]);
  });
  const counts = `${whatOf(messages)}: ${countsOf(summarise(all), all)}`;
  return { stdout: Buffer.concat(titled), stderr: inLines([counts, ...hints]) };
}
function whatOf(messages) {
  return messages.size > 1 ? `${messages.size} messages` : [...messages.keys()].join("");
}
function waysOn(id, outcomes, { interrupted = false }) {
  const open = openText(outcomes);
  if (open === void 0) return [];
  const ways = `see \`steward status ${id}\`, or wait with \`steward wait ${id}\``;
  const back = interrupted ? `, or cancel it with \`steward cancel ${id}\`` : "";
  return [`${id} ${open}; ${ways}${back}`];
}
function openText(outcomes) {
  const standings = new Set(outcomes.map(({ standing }) => standing).filter(isOpen));
  const [only, another] = standings;
  if (another !== void 0) return standings.has("queued") ? "has not ended everywhere" : "is still running";
  if (only === "retrying") return "will be retried";
  return only && (only === "queued" ? "is still queued" : "is still running");
}
function standingText({ ack, standing }) {
  if (standing === "expired") return "expired in the queue; its node has not recorded that yet";
  if (ack === void 0) return standing;
  const why = ack.error === void 0 ? "" : `: ${ack.error.message}`;
  if (standing === "retrying") return `retrying (attempt ${ack.attempt}${why})`;
  return standing === "running" ? `running (${ack.state}, attempt ${ack.attempt})` : `${ack.state}${why}`;
}
function loneText(outcome, hints) {
  const { address, ack } = outcome;
  const said = ack?.state === "succeeded" ? [] : [standingText(outcome)];
  const notes = [...said, ...gaps(ack)].map((text2) => `${address.node}: ${text2}`);
  const stderr2 = outputBytes(ack, "stderr");
  const gap = stderr2.length > 0 && stderr2.at(-1) !== 10 && notes.length > 0 ? "\n" : "";
  return {
    stdout: outputBytes(ack, "stdout"),
    stderr: Buffer.concat([stderr2, Buffer.from(gap), inLines([...notes, ...hints])])
  };
}
function folded(outcomes, { onTerminal = false }) {
  const groups = /* @__PURE__ */ new Map();
  for (const outcome of outcomes.toSorted((a, b) => Number(isSuccess(a)) - Number(isSuccess(b)))) {
    const { address, ack } = outcome;
    const head = [standingText(outcome), ...gaps(ack)].join("; ");
    const wrote = [outputBytes(ack, "stdout"), outputBytes(ack, "stderr")].map((bytes) => bytes.toString("latin1"));
    const key = JSON.stringify([head, wrote]);
    const group = groups.get(key) ?? { names: [], head, output: indentedOutput(ack) };
    group.names.push(address.node);
    groups.set(key, group);
  }
  const listed = (names) => onTerminal ? shortList(names, fewNames3) : names.join(", ");
  return [...groups.values()].flatMap(({ names, head, output }) => [inLines([`${listed(names)}: ${head}`]), output]);
}
function isSuccess({ ack }) {
  return ack?.state === "succeeded";
}
function inLines(texts) {
  return Buffer.from(asLines(texts));
}

// src/cli/send-and-show.ts
async function sendAndShow(steward, prepared2, args, { wait, isList: isList2 = false }) {
  var _stack = [];
  try {
    const { messages, known } = prepared2;
    const interrupt = __using(_stack, onInterrupt());
    const options2 = { knownOnly: args["known-only"], enough: interrupt.signal };
    if (wait === void 0) {
      warnOfUnseen(await steward.sendAll(prepared2, options2));
      showStored(messages, args, isList2);
      return exitCodes.succeeded;
    }
    const { standings } = await followed(
      messages,
      args,
      (onEvent) => steward.run(prepared2, { ...options2, wait, onStored: warnOfUnseen, onWaiting: progressOn(args), onEvent })
    );
    if (known) warnOfOtherData(messages, standings);
    return await showOutcomes(standings, args, { isList: isList2, interrupted: interrupt.signal.aborted });
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}
function warnOfUnseen(sent) {
  const unseen = new Map(sent.flatMap((one) => one.unseen).map((one) => [one.node, one]));
  warnOfUnknownNodes([...unseen.values()], "it is queued");
}
function warnOfOtherData(messages, outcomes) {
  const others = outcomes.flatMap(({ ack }, at) => {
    const [before, now] = [ack?.message?.data, messages[at]?.data];
    return before === void 0 || JSON.stringify(before) === JSON.stringify(now) ? [] : [messages[at]?.id ?? ""];
  });
  for (const id of new Set(others)) {
    printNote(
      `steward: ${id} was sent before with other data, and this is the outcome of that message; use another --id`
    );
  }
}
async function followed(messages, args, action) {
  var _stack = [];
  try {
    if (!args.follow) return action(void 0);
    const { follow } = await import("./follow-4OOIFYY5.js");
    const following = __using(_stack, follow(messages, { json: args.json === true }));
    return await action(following.onEvent);
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}
async function showOutcomes(outcomes, args, { isList: isList2 = false, interrupted = false }) {
  const isFollowed = args.follow === true;
  if (args.json) showJson(outcomes, isList2, isFollowed ? { kind: "result" } : {});
  else {
    const quiet = args.quiet === true;
    const reading = { interrupted, quiet, onTerminal: stdout.isTerminal, isFollowed };
    const text2 = messagesText(byId(outcomes), reading);
    await writeOutput("stdout", text2.stdout);
    await writeOutput("stderr", text2.stderr);
    if (!quiet && !isFollowed && outcomes.some(({ ack }) => gaps(ack).length > 0)) stdout.isPartial = true;
  }
  return interrupted ? exitCodes.interrupted : exitCodeFor(summarise(outcomes));
}
function showStored(messages, args, isList2) {
  const outcomes = messages.map((message) => outcomeOf(message, void 0));
  if (args.json) return showJson(outcomes, isList2);
  print([...byId(outcomes).keys()]);
}
function showJson(outcomes, isList2, kind = {}) {
  const list = [...byId(outcomes)].map(([id, set]) => messageJson(id, set));
  const document = isList2 ? { messages: list, summary: summarise(outcomes) } : list[0];
  printJson({ ...kind, ...document });
}
function byId(outcomes) {
  const messages = /* @__PURE__ */ new Map();
  for (const outcome of outcomes) {
    const { id } = outcome.address;
    if (!messages.get(id)?.push(outcome)) messages.set(id, [outcome]);
  }
  return messages;
}

// src/cli/commands/send.ts
var sendCommand = defineCommand({
  name: "send",
  group: "send and wait",
  impact: "writes",
  onlyReadsWhen: "with --dry-run",
  onlyReads: (args) => args["dry-run"] === true,
  describe: "send a command or an event to nodes, and wait for the outcome",
  positionals: [
    {
      name: "nodes",
      describe: "a name, several with commas, 'ship*', @group, all, or @- to read names from standard input",
      completes: "nodes"
    },
    { name: "subject", describe: "what to do: exec, shell, ping, log, \u2026", completes: "subject" },
    { name: "data", describe: "the data of the message; put -- before data that begins with a dash", variadic: true }
  ],
  options: sendOptions,
  examples: [
    ["steward send ship1 exec -- uname -a", "run a program on ship1 and print its output"],
    ["steward send ship1,ship2 shell 'df -h | tail -1'", "run a line of shell on two nodes"],
    ["steward send ship1,ship2 shell --follow 'apt-get -y upgrade'", "show the output during the run"],
    ["steward send 'ship*' exec --exclude ship9 -- uptime", "on all nodes whose names begin with ship, except one"],
    ["steward send all exec --label site=oslo --limit 10% --at-most-once -- reboot", "on a tenth of the nodes in Oslo"],
    ["steward send all exec --only 01KAP7Q4T0:failed -- uptime", "on the nodes where that message failed"],
    ["steward send ship1 exec --cron '30 4 * * 1-5' -- backup", "on a schedule, see `steward schedule ls`"],
    ["steward send central log --lines /var/log/syslog", "forward a log file"],
    ["steward send --file messages.json", "send a list of messages"]
  ],
  run: async (given) => {
    var _stack = [];
    try {
      const args = { ...given, file: inputOf(given.file), lines: inputOf(given.lines) };
      if (wantsSchedule(args)) return (await import("./schedule-message-HDYZFNKW.js")).scheduleMessage(args);
      const { file, lines } = args;
      if (lines !== void 0 && file === void 0)
        return (await import("./forward-lines-XYFUYEZD.js")).forwardLines(lines, args);
      if (file !== void 0) return sendFile(file, args);
      const wait = waitOf2(args);
      const draft = await draftOf(args);
      const steward = __using(_stack, await connectFromArguments(args), true);
      const sending = await prepared(steward, draft);
      if (args["dry-run"]) return showTargets(draft.nodes, sending.nodes, args);
      if (!await mayReach(sending.nodes, args, draft.nodes)) return exitCodes.failed;
      return await sendAndShow(steward, sending, args, { wait });
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  }
});
function inputOf(file) {
  return file?.replace(/^\/(?:dev\/stdin|dev\/fd\/0|proc\/self\/fd\/0)$/, "-");
}
async function sendFile(file, args) {
  var _stack = [];
  try {
    const wait = waitOf2(args);
    const drafts = await fileDrafts(file, args);
    const steward = __using(_stack, await connectFromArguments(args), true);
    if (file !== "-") refuseUnreadInput();
    return await sendAndShow(steward, await steward.prepare(drafts), args, { wait, isList: true });
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}

export {
  minimumServerVersion,
  isTooOld,
  openBroker,
  standingOf,
  recordsStart,
  endingOf,
  outcomeOf,
  emptySummary,
  count,
  inParallel,
  askApi,
  refusedBy,
  needsNewStream,
  driftOf,
  ensureConsumer,
  restoreConsumer,
  changedFields,
  consumerNames,
  consumerInfo,
  resetConsumer,
  removeConsumer,
  streamInfo,
  streamInfoOnceThere,
  lastOnSubject,
  firstFrom,
  storedFrom,
  headersOf,
  publishUntilKnown,
  Journal,
  onAbort,
  unlessAborted,
  Queue,
  lastOnLeader,
  parseStrict,
  originalOf,
  rawOf,
  oneOffExpiry,
  parseAt,
  assertAhead,
  parseEvery,
  isDay,
  scheduleHeaders,
  nextWithoutCron,
  deliveryPlace,
  Reader,
  readStream,
  readSchedules,
  queuedFirings,
  queuedAt,
  readQueued,
  firstQueued,
  queuedSubjects,
  countQueued,
  byName,
  addressesOf,
  unknownId,
  assertNoSchedule,
  placesOf,
  deadline,
  shortList,
  unknownNode,
  lookAlikes,
  neverSeen,
  prepareNodes,
  withinPatience,
  lastLook,
  lastAck,
  lastAckOnLeader,
  allAcks,
  Waiter,
  Waiting,
  decodeTime,
  isValid,
  monotonicFactory,
  newId,
  derivedId,
  parseTargets,
  groupName,
  parseLabel,
  limited,
  toMessages,
  prepare,
  templateOf,
  resolve,
  isNames,
  assertNodeName,
  waitOf,
  resultOf,
  outcomeOfAck,
  connect2 as connect,
  connectFromArguments,
  durationOf,
  timerOf,
  firstGiven,
  messageIdOf,
  nodeOf,
  targetOptions,
  targetsOf,
  prepared,
  resolved,
  mayReach,
  showTargets,
  waitingOptions,
  waitOf2,
  warnOfUnknownNodes,
  draftOf,
  onInterrupt,
  onLeave,
  progressOn,
  outputBytes,
  indentedOutput,
  gaps,
  exitCodeFor,
  countsOf,
  standingText,
  sendAndShow,
  followed,
  showOutcomes,
  sendCommand
};
