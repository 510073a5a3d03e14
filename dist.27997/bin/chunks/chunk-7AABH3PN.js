const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  purgeQueued,
  purgeSubject
} from "./chunk-3VOMEKKA.js";
import {
  Journal,
  Queue,
  deadline,
  inParallel,
  newId,
  originalOf,
  prepareNodes,
  publishUntilKnown,
  queuedFirings,
  readSchedules,
  scheduleHeaders,
  withinPatience
} from "./chunk-OMTY7AFQ.js";
import {
  serverCodes,
  streamsMissing
} from "./chunk-TZGZTI2Z.js";
import {
  toJson
} from "./chunk-VLDOLLNL.js";
import {
  cancellation
} from "./chunk-U2N5OPV4.js";
import {
  formatDuration,
  parseDuration
} from "./chunk-CFOZLGDG.js";
import {
  firingSubject,
  messageSubject,
  scheduleSubject
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";
import {
  __callDispose,
  __using
} from "./chunk-LCNIN5BG.js";

// src/broker/write/schedules.ts
async function putSchedule(broker, message, { rule, expiresMs, attempt }, signal) {
  const { namespace, names, maxPayload } = broker;
  const payload = Buffer.from(toJson(message));
  if (payload.length > maxPayload - 1024) {
    throw new StewardError(
      "tooLarge",
      `too large: the message has ${payload.length} bytes, more than the broker accepts`
    );
  }
  const subject = scheduleSubject(namespace, message);
  const headers = scheduleHeaders(rule, firingSubject(namespace, message), expiresMs);
  const header = { ...headers, "Nats-Msg-Id": `${subject}.${attempt}` };
  const result = await publishUntilKnown(broker, subject, payload, header, signal);
  if (result.kind === "stored") return;
  if (result.code === serverCodes.streamNotFound) throw streamsMissing(names.schedules);
  if (result.code === serverCodes.badTimeZone) {
    const zone = headers["Nats-Schedule-Time-Zone"];
    throw new StewardError("usage", `the broker does not know the time zone ${zone}; write one such as Europe/Oslo`, {
      about: "timeZone"
    });
  }
  if (result.code === serverCodes.badSchedule) {
    throw new StewardError(
      "usage",
      `the broker does not accept the schedule "${headers["Nats-Schedule"]}": ${result.reason}`
    );
  }
  throw new StewardError("notStored", `the broker refused to store the schedule for ${message.node}: ${result.reason}`);
}
async function removeSchedule(broker, address) {
  const { namespace, names } = broker;
  await purgeSubject(broker, names.schedules, scheduleSubject(namespace, address));
  await purgeSubject(broker, names.schedules, firingSubject(namespace, address));
}

// src/operate/schedule.ts
var requestsAtOnce = 50;
async function scheduleMessages(broker, messages, { rule, expiresMs, storeMs, signal, ...unseen }) {
  const attempt = newId();
  const queue = new Queue(broker);
  return await withinPatience(
    messages,
    signal,
    async (patience2) => {
      const nodes = messages.map(({ node }) => node);
      const reportUnseen = await prepareNodes(broker, queue, nodes, unseen, patience2);
      const prepared = await queue.ready(messages, patience2);
      const longest = prepared.reduce(
        (ms, { expires: expires2 }) => Math.min(ms, parseDuration(expires2 ?? "") ?? Infinity),
        Infinity
      );
      const waits = messages.some(({ expires: expires2 }) => expires2 !== void 0) ? longest : Math.min(expiresMs, longest);
      const expires = formatDuration(waits);
      await inParallel(
        prepared,
        requestsAtOnce,
        (message) => (
          // In the message too: the broker removes an expired firing from its queue, but not from a daemon that has
          // received it.
          putSchedule(broker, { ...message, expires }, { rule, expiresMs: waits, attempt }, patience2)
        )
      );
      await reportUnseen();
      return expires;
    },
    storeMs
  );
}
var patience = 3e4;
async function unschedule(broker, id, { node, by, signal }) {
  var _stack = [];
  try {
    const schedules = await readSchedules(broker, { node, id });
    if (schedules.length === 0) {
      const where = node === void 0 ? "" : ` for ${node}`;
      throw new StewardError("notFound", `schedule ${id} not found${where}; \`steward schedule ls\` lists the schedules`);
    }
    const limit = __using(_stack, deadline(patience, signal));
    try {
      return await inParallel(schedules, requestsAtOnce, async ({ address }) => {
        await broker.untilAnswered(() => removeSchedule(broker, address), limit.signal);
        return { address, ...await cancelFirings(broker, address, by, limit.signal) };
      });
    } catch (error) {
      if (!limit.signal.aborted) throw error;
      const trouble = signal.aborted ? "interrupted before the broker confirmed" : "the broker did not confirm in time";
      throw new StewardError(signal.aborted ? "stopped" : "unconfirmed", `${trouble} that ${id} is removed; try again`);
    }
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}
async function cancelFirings(broker, schedule, by, signal) {
  const journal = new Journal(broker, signal, () => void 0);
  const instance = newId();
  const [cancelled, running] = [[], []];
  let others = false;
  for await (const { id, data } of queuedFirings(broker, schedule, signal)) {
    if (id === void 0) {
      others = true;
      continue;
    }
    const address = { ...schedule, id };
    const at = (/* @__PURE__ */ new Date()).toISOString();
    const ack = { ...address, state: "cancelled", final: true, attempt: 0, instance, finishedAt: at };
    const why = cancellation({ by, at, was: "queued" });
    const written = await journal.write(address, { ...ack, ...why, ...originalOf(data) }, 0, data);
    (written.kind === "stored" ? cancelled : running).push(id);
  }
  if (cancelled.length > 0 && running.length === 0 && !others) {
    await broker.untilAnswered(() => purgeQueued(broker, messageSubject(broker.namespace, schedule)), signal);
  }
  return { cancelled, running };
}

export {
  scheduleMessages,
  unschedule
};
