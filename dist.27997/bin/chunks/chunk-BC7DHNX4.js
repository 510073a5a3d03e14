const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  getPage
} from "./chunk-UEFXNOJM.js";
import {
  selects,
  tokensOf
} from "./chunk-W2TYMEDE.js";
import {
  readStandings
} from "./chunk-XDSV7F2Y.js";
import {
  kvEntries
} from "./chunk-6KZYLPZB.js";
import {
  laneHoldKey,
  parseLaneHold
} from "./chunk-2PVYTS73.js";
import {
  byName,
  consumerNames,
  inParallel,
  lastAck,
  originalOf,
  streamInfo
} from "./chunk-OMTY7AFQ.js";
import {
  glob
} from "./chunk-66VHQECK.js";
import {
  parseDuration
} from "./chunk-CFOZLGDG.js";
import {
  firingIdOf,
  laneOf,
  messageFilter,
  parseMessageSubject
} from "./chunk-VKEXPMYZ.js";

// src/state/queue-lengths.ts
var requestsAtOnce = 50;
async function readQueueLengths(broker, selection) {
  const { ts = "" } = await streamInfo(broker, broker.names.messages);
  const { nodes: _nodes, ...lanes } = selection;
  const nodes = await nodesMeant(broker, selection.nodes);
  const lengths = await inParallel(nodes, requestsAtOnce, async (node) => {
    const parts = await Promise.all(
      tokensOf(lanes).map((tokens) => {
        const filter = messageFilter(broker.namespace, { ...tokens, node });
        return getPage(broker, broker.names.messages, { filter, from: 1, most: 1 });
      })
    );
    const queued = parts.reduce((sum, { messages, more }) => sum + messages.length + more, 0);
    const moments = parts.flatMap(({ messages }) => messages.map(({ storedAt }) => storedAt));
    const oldest = moments.reduce((first, moment) => Math.min(first, moment), Infinity);
    return { node, queued, oldest };
  });
  const waiting = lengths.filter(({ queued }) => queued > 0);
  return { lengths: waiting.toSorted((a, b) => b.queued - a.queued), now: Date.parse(ts) };
}
async function nodesMeant(broker, patterns) {
  const known = [...await consumerNames(broker)].toSorted(byName);
  if (patterns === void 0 || patterns.length === 0) return known;
  const fits = patterns.map(glob);
  return known.filter((name) => fits.some((fit) => fit(name)));
}

// src/state/queue.ts
var requestsAtOnce2 = 50;
var queueStates = {
  queued: "waiting",
  running: "running",
  retrying: "retrying",
  expired: "expired",
  final: "ended"
};
async function readQueue(broker, selection, most) {
  const { namespace, names } = broker;
  const { ts = "" } = await streamInfo(broker, names.messages);
  const wanted = await withWholeNames(broker, selection);
  const tokens = tokensOf(wanted);
  const filters = tokens.map((one) => messageFilter(namespace, one));
  const isMeant = selects(wanted);
  const parts = await inParallel(filters, requestsAtOnce2, (filter) => readOldest(broker, filter, isMeant, most));
  const oldest = parts.flatMap(({ found }) => found).toSorted((a, b) => a.stored.sequence - b.stored.sequence);
  const shown = oldest.slice(0, most);
  const holds = await kvEntries(broker, names.nodesBucket, laneHoldKey("*", "*.*"));
  const asked = await inParallel(shown, requestsAtOnce2, async ({ address, stored }) => {
    const { message } = originalOf(stored.data);
    return { address, queued: stored, message, ack: await lastAck(broker, address) };
  });
  const messages = (await readStandings(broker, asked)).map(({ address, queued, message, ack, standing }) => {
    const hold = holds.get(laneHoldKey(address.node, laneOf(address)));
    const { sequence, storedAt } = queued;
    const expiresMs = parseDuration(message?.expires ?? "");
    const expiresAt = expiresMs === void 0 ? void 0 : storedAt + expiresMs;
    const common = { address, sequence, storedAt, expiresAt, ack, message };
    return { ...common, state: queueStates[standing], hold: hold && parseLaneHold(hold) };
  });
  const behind = parts.reduce((sum, { more }) => sum + more, oldest.length - shown.length);
  return { messages, more: behind === 0 || isExact(wanted, tokens) ? behind : void 0, now: Date.parse(ts) };
}
var pageSize = 500;
async function readOldest(broker, filter, isMeant, most) {
  const found = [];
  for (let from = 1; ; ) {
    const page = await getPage(broker, broker.names.messages, {
      filter,
      from,
      most: Math.min(Math.max(most, 100), pageSize)
    });
    for (const [at, stored] of page.messages.entries()) {
      const address = addressOf(stored);
      if (address === void 0 || !isMeant(address)) continue;
      if (found.length === most) return { found, more: page.more + page.messages.length - at };
      found.push({ address, stored });
    }
    if (page.more === 0 || found.length === most) return { found, more: page.more };
    from = (page.messages.at(-1)?.sequence ?? from) + 1;
  }
}
function addressOf({ subject, headers }) {
  const address = parseMessageSubject(subject);
  return address && { ...address, id: firingIdOf(address.id, headers?.get("Nats-Stream-Source")) ?? address.id };
}
async function withWholeNames(broker, selection) {
  const isVague = selection.nodes?.some((name) => name.includes("*")) === true;
  if (!isVague) return selection;
  const nodes = await nodesMeant(broker, selection.nodes);
  return nodes.length > 0 && nodes.length <= 16 ? { ...selection, nodes } : selection;
}
function isExact({ nodes = [], subjects = [] }, tokens) {
  return tokens.every(({ node, subject }) => (node ?? nodes[0]) === node && (subject ?? subjects[0]) === subject);
}

export {
  readQueueLengths,
  queueStates,
  readQueue
};
