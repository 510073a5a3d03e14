const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  momentOf,
  selectionOf
} from "./chunk-QOF4GH5T.js";
import {
  selects,
  tokensOf
} from "./chunk-W2TYMEDE.js";
import {
  Feed
} from "./chunk-CWT5XG5A.js";
import {
  kvEntries
} from "./chunk-6KZYLPZB.js";
import {
  laneHoldKey,
  parseLaneHold
} from "./chunk-2PVYTS73.js";
import {
  onAbort,
  originalOf,
  outcomeOfAck,
  readStream,
  streamInfo
} from "./chunk-OMTY7AFQ.js";
import "./chunk-MNJ7CHLS.js";
import "./chunk-3XC6KFQ2.js";
import "./chunk-7C3OR7HS.js";
import "./chunk-TZGZTI2Z.js";
import "./chunk-Y6JR37Y7.js";
import "./chunk-EUBKYWQP.js";
import "./chunk-66VHQECK.js";
import "./chunk-T43TWJCU.js";
import "./chunk-NGO76LME.js";
import "./chunk-REHHFAQD.js";
import "./chunk-WV5YP3BK.js";
import "./chunk-P6SB6KP3.js";
import "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import {
  isKnownState,
  knownState,
  parseAck,
  stateHeader
} from "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import {
  ackFilter,
  ackedFilter,
  messageFilter,
  parseAckedSubject,
  parseLaneName,
  parseMessageSubject,
  parseScheduleSubject,
  scheduleFilter
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/broker/control/listen.ts
async function listen(broker, subjects, { heard, failed }) {
  const subscriptions = subjects.map(
    (subject) => broker.nc.subscribe(subject, {
      callback: (error, msg) => error === null ? heard({ subject: msg.subject, data: msg.data }) : failed(error)
    })
  );
  await broker.nc.flush();
  return () => {
    for (const subscription of subscriptions) if (!broker.nc.isClosed()) subscription.unsubscribe();
  };
}

// src/state/history.ts
async function* readHistory(broker, options = {}) {
  const { follow, signal, last } = options;
  const { created, state, ts = "" } = await streamInfo(broker, broker.names.acks);
  const epoch = Date.parse(created ?? "").toString(36);
  const behind = options.after === void 0 ? void 0 : placeBehind(options.after, epoch);
  const [first, end] = [Math.max(1, state?.first_seq ?? 1, behind ?? 1), state?.last_seq ?? 0];
  const [since, until] = [options.since, options.until].map((moment) => moment && timeOf(moment, Date.parse(ts)));
  const reading = { epoch, wanted: wantedBy(options), since, until };
  const filters = tokensOf(options).map((tokens) => ackFilter(broker.namespace, tokens));
  if (last === void 0) {
    yield* read(broker, { filters, from: behind ?? since ?? "first", follow, signal }, reading);
    return;
  }
  const { found, next } = await readLast(broker, last, { filters, first, end, signal }, reading);
  yield* found;
  if (follow === true) yield* read(broker, { filters, from: next, follow, signal }, reading);
}
function placeBehind(cursor, epoch) {
  const [, of, sequence] = /^([0-9a-z]+)-(\d{1,15})$/i.exec(cursor) ?? [];
  if (sequence === void 0) throw new StewardError("usage", `${JSON.stringify(cursor)} is not a cursor of the log`);
  return of === epoch ? Number(sequence) + 1 : 1;
}
async function* read(broker, options, reading) {
  const { since, until } = reading;
  for await (const stored of readStream(broker, broker.names.acks, options)) {
    if (until !== void 0 && stored.storedAt > until.getTime()) return;
    const entry = since !== void 0 && stored.storedAt < since.getTime() ? void 0 : entryOf(stored, reading);
    if (entry !== void 0) yield entry;
  }
}
function entryOf(stored, { wanted, epoch }) {
  const ack = wanted(stored);
  const { sequence, storedAt } = stored;
  return ack && { storedAt: new Date(storedAt).toISOString(), ack, cursor: `${epoch}-${sequence}` };
}
var smallestPart = 100;
async function readLast(broker, most, { filters, first, end, signal }, reading) {
  const { since, until } = reading;
  let found = [];
  let next = most === 0 ? end + 1 : void 0;
  for (let [upTo, size] = [end, Math.max(smallestPart, 2 * most)]; upTo >= first && found.length < most; size *= 4) {
    const from = Math.max(first, upTo - size + 1);
    const part = [];
    let [oldest, seen] = [Infinity, from - 1];
    for await (const stored of readStream(broker, broker.names.acks, { filters, from, until: upTo, signal })) {
      oldest = Math.min(oldest, stored.storedAt);
      seen = stored.sequence;
      if (stored.storedAt < (since?.getTime() ?? 0) || stored.storedAt > (until?.getTime() ?? Infinity)) continue;
      const entry = entryOf(stored, reading);
      if (entry !== void 0) part.push(entry);
      if (part.length >= 2 * most) part.splice(0, part.length - most);
    }
    next ??= seen + 1;
    found = [...part, ...found].slice(Math.max(0, part.length + found.length - most));
    if (signal?.aborted === true || oldest < (since?.getTime() ?? 0)) break;
    upTo = from - 1;
  }
  return { found, next: next ?? end + 1 };
}
function wantedBy({ states, from, ...selection }) {
  const isMeant = selects(selection);
  const texts = states?.map((state) => `"${state}"`);
  return ({ data, headers }) => {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const isUnwanted = texts?.every((text) => !bytes.includes(text)) === true;
    if (isUnwanted && isKnownState(headers?.get(stateHeader) ?? "")) return void 0;
    const ack = parseAck(data);
    if (ack === void 0 || !isMeant(ack) || states?.includes(knownState(ack)) === false) return void 0;
    return from === void 0 || ack.message?.from === from ? ack : void 0;
  };
}
function timeOf(moment, now) {
  return moment instanceof Date ? moment : new Date(Math.max(0, now - moment.agoMs));
}

// src/state/errors.ts
var bad = ["failed", "rejected", "interrupted", "expired"];
async function* readErrors(broker, options) {
  for await (const entry of readHistory(broker, { ...options, states: bad })) yield { kind: "message", entry };
  yield* await quarantinedLanes(broker, options);
}
async function* followErrors(broker, options) {
  const feed = new Feed();
  const { bucket, filter } = { bucket: broker.names.nodesBucket, filter: laneHoldKey("*", "*.*") };
  const prefix = `$KV.${bucket}.`;
  const stop = await listen(broker, [`${prefix}${filter}`], {
    heard: ({ subject, data }) => {
      for (const one of quarantineOf(subject.slice(prefix.length), data, options)) feed.push(one);
    },
    failed: (error) => feed.end(error)
  });
  try {
    yield* await quarantinedLanes(broker, options);
    void pour(readHistory(broker, { ...options, states: bad, follow: true }), feed);
    yield* feed;
  } finally {
    stop();
  }
}
async function pour(entries, feed) {
  try {
    for await (const entry of entries) feed.push({ kind: "message", entry });
    feed.end();
  } catch (error) {
    feed.end(error instanceof Error ? error : new Error(String(error)));
  }
}
async function quarantinedLanes(broker, selection) {
  const entries = await kvEntries(broker, broker.names.nodesBucket, laneHoldKey("*", "*.*"));
  const found = [...entries].flatMap(([key, value]) => quarantineOf(key, value, selection));
  return found.toSorted((a, b) => Date.parse(a.hold.since) - Date.parse(b.hold.since));
}
function quarantineOf(key, value, selection) {
  const [node = "", , ...rest] = key.split(".");
  const [lane, hold] = [parseLaneName(rest.join(".")), parseLaneHold(value)];
  if (lane === void 0 || hold?.state !== "quarantined") return [];
  return selects(selection)({ node, ...lane, id: "" }) ? [{ kind: "lane", node, lane: rest.join("."), hold }] : [];
}

// src/state/watch.ts
async function watch(broker, selection, signal) {
  const { namespace } = broker;
  const isMeant = selects(selection);
  const feed = new Feed();
  const subjects = tokensOf(selection).flatMap((tokens) => [
    messageFilter(namespace, tokens),
    scheduleFilter(namespace, tokens),
    ackedFilter(namespace, tokens)
  ]);
  const stop = await listen(broker, subjects, {
    heard: (heard) => {
      const happening = happeningOf(heard, /* @__PURE__ */ new Date());
      if (happening !== void 0 && isMeant(happening.address)) feed.push(happening);
    },
    failed: (error) => feed.end(error)
  });
  onAbort(signal, () => {
    stop();
    feed.end();
  });
  return feed;
}
function happeningOf({ subject, data }, at) {
  const sent = parseMessageSubject(subject);
  if (sent !== void 0) return { at, kind: "published", address: sent, message: originalOf(data).message };
  const schedule = parseScheduleSubject("schedule", subject);
  if (schedule !== void 0) return { at, kind: "scheduled", address: schedule, message: originalOf(data).message };
  const [address, ack] = [parseAckedSubject(subject), parseAck(data)];
  return address === void 0 || ack === void 0 ? void 0 : { at, kind: "acked", address, ack };
}

// src/client/log.ts
function log(session, filter = {}) {
  return session.read(filter, async function* (ended) {
    const { states, from, last, after, follow } = filter;
    const [since, until] = [momentOf(filter.since, "since"), momentOf(filter.until, "until")];
    const selection = await selectionOf(session, filter);
    const options = { ...selection, states, from, last, after, follow, since, until, signal: ended };
    for await (const entry of readHistory(session.broker, options)) yield ackEventOf(entry);
  });
}
function ackEventOf({ ack, storedAt, cursor }) {
  const { id, messageType, subject, message } = ack;
  const at = new Date(storedAt);
  return { ...outcomeOfAck(ack), id, type: messageType, subject, from: message?.from, at, cursor, ack };
}
function errors(session, filter = {}) {
  return session.read(filter, async function* (ended) {
    const [since, { last }] = [momentOf(filter.since, "since"), filter];
    const options = { ...await selectionOf(session, filter), since, last, signal: ended };
    yield* (filter.follow === true ? followErrors : readErrors)(session.broker, options);
  });
}
async function watch2(session, filter = {}) {
  const over = new AbortController();
  const forget = onAbort(filter.signal, () => over.abort());
  const feed = await session.run(filter, async () => {
    return watch(session.broker, await selectionOf(session, filter), over.signal);
  });
  const happenings = session.read(filter, async function* () {
    try {
      yield* feed;
    } finally {
      forget();
      over.abort();
    }
  });
  return {
    get dropped() {
      return feed.dropped;
    },
    [Symbol.asyncIterator]: () => happenings
  };
}
export {
  errors,
  log,
  watch2 as watch
};
