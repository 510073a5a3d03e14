const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  openFromArguments
} from "./chunk-BKPKBOXJ.js";
import {
  resolveSettings
} from "./chunk-NW7HY4NR.js";
import "./chunk-K3MUEMUZ.js";
import {
  labelsIn
} from "./chunk-XJF2EC2I.js";
import {
  byName,
  decodeTime,
  firstFrom,
  isValid,
  lastOnSubject,
  streamInfo
} from "./chunk-OMTY7AFQ.js";
import "./chunk-MNJ7CHLS.js";
import "./chunk-3XC6KFQ2.js";
import "./chunk-7C3OR7HS.js";
import "./chunk-TZGZTI2Z.js";
import "./chunk-Y6JR37Y7.js";
import "./chunk-EUBKYWQP.js";
import {
  glob
} from "./chunk-66VHQECK.js";
import "./chunk-T43TWJCU.js";
import "./chunk-NGO76LME.js";
import "./chunk-REHHFAQD.js";
import "./chunk-WV5YP3BK.js";
import "./chunk-P6SB6KP3.js";
import "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import {
  ackFilter,
  isToken,
  parseAckSubject,
  parseLaneName,
  parseMessageSubject,
  typeAndSubject
} from "./chunk-VKEXPMYZ.js";
import "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import {
  __callDispose,
  __using
} from "./chunk-LCNIN5BG.js";

// src/cli/complete/fleet.ts
var waitMs = 2e3;
var most = 40;
var mostGroups = 200;
var longestListing = 5e3;
async function fromFleet(completes, line, add) {
  var _stack = [];
  try {
    const { args } = await resolveSettings(line.args, {}, process.env);
    const once = new AbortController();
    const trying = { name: "steward completion", waitMs, signal: once.signal, onFailure: () => once.abort() };
    const broker = __using(_stack, await openFromArguments(args, trying), true);
    await sources[completes](broker, line, add);
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
var sources = {
  node: async (broker, _line, add) => add((await nodeNames(broker)).map((value) => ({ value }))),
  nodes: async (broker, line, add) => {
    const settled = line.typed.slice(0, line.typed.lastIndexOf(",") + 1);
    const chosen = settled.split(",");
    const offer = (words) => add(words.filter((word) => !chosen.includes(word)).map((word) => ({ value: settled + word })));
    const [names, groups] = [nodeNames(broker), groupNames(broker)];
    await Promise.allSettled([
      names.then((found) => offer(settled === "" ? [...found, "all"] : found)),
      groups.then((found) => offer(found.map((name) => `@${name}`)))
    ]);
  },
  group: async (broker, _line, add) => add((await groupNames(broker)).map((value) => ({ value }))),
  subject: async (broker, { args }, add) => {
    const nodes = await chosenNodes(broker, String(args["nodes"] ?? args["node"] ?? "all"));
    await Promise.allSettled(
      nodes.slice(0, most).map(async (node) => {
        const lanes = (await servedLanes(broker, node)).map(parseLaneName);
        const served = lanes.flatMap((lane) => lane === void 0 ? [] : [lane]);
        const wanted = served.filter(({ messageType }) => args["event"] !== true || messageType === "event");
        add(wanted.map(({ messageType, subject }) => ({ value: subject, describe: messageType })));
      })
    );
  },
  lane: async (broker, { args }, add) => {
    const node = String(args["node"] ?? "");
    const [keys, served] = await Promise.all([nodeKeys(broker, `${node}.>`), servedLanes(broker, node)]);
    const names = keys.map((key) => key.slice(node.length + 1));
    const held = names.flatMap((name) => name.startsWith("lane.") ? [name.slice("lane.".length)] : []);
    add(held.map((value) => ({ value, describe: "held" })));
    if (args["action"] === "resume" && held.length > 0) return;
    add([...names, ...served].filter((name) => parseLaneName(name) !== void 0).map((value) => ({ value })));
  },
  id: async (broker, _line, add) => {
    await Promise.allSettled([recentIds(broker, add), queuedIds(broker, add)]);
  },
  // A running message stays in the queue until it has ended.
  "open id": (broker, _line, add) => queuedIds(broker, add),
  label: async (broker, _line, add) => {
    const infos = await Promise.all((await nodeNames(broker)).slice(0, most).map((node) => infoOf(broker, node)));
    const labels = infos.flatMap((info) => [...labelsIn(info)]);
    const values = new Set(labels.map(([key, value]) => `${key}=${value}`));
    add([...values].toSorted(byName).map((value) => ({ value })));
  }
};
async function nodeNames(broker) {
  const keys = await nodeKeys(broker, "*.info");
  return keys.map((key) => key.slice(0, -".info".length)).toSorted(byName);
}
async function groupNames(broker) {
  const { groupsBucket } = broker.names;
  const keys = (await bucketKeys(broker, groupsBucket, "*")).toSorted(byName).slice(0, mostGroups);
  const found = await Promise.all(
    keys.map((key) => lastOnSubject(broker, `KV_${groupsBucket}`, `$KV.${groupsBucket}.${key}`))
  );
  return keys.filter((_key, at) => (found[at]?.data.length ?? 0) > 0);
}
async function chosenNodes(broker, target) {
  const words = target.split(",");
  if (words.every((word) => isToken(word) && word !== "all")) return words;
  const names = await nodeNames(broker);
  if (words.some((word) => word === "all" || word.startsWith("@"))) return names;
  const patterns = words.map(glob);
  return names.filter((name) => patterns.some((fits) => fits(name)));
}
function nodeKeys(broker, filter) {
  return bucketKeys(broker, broker.names.nodesBucket, filter);
}
async function bucketKeys(broker, bucket, filter) {
  const prefix = `$KV.${bucket}.`;
  const { state } = await streamInfo(broker, `KV_${bucket}`, prefix + filter);
  return Object.keys(state?.subjects ?? {}).map((subject) => subject.slice(prefix.length));
}
async function servedLanes(broker, node) {
  const subjects = (await infoOf(broker, node))?.["subjects"];
  return Array.isArray(subjects) ? subjects.map(String) : [];
}
async function infoOf(broker, node) {
  const { nodesBucket } = broker.names;
  const found = await lastOnSubject(broker, `KV_${nodesBucket}`, `$KV.${nodesBucket}.${node}.info`);
  return found === void 0 ? void 0 : looseJson(found.data);
}
async function recentIds(broker, add) {
  const { acks } = broker.names;
  const { state } = await streamInfo(broker, acks);
  const last = state?.last_seq ?? 0;
  const subject = ackFilter(broker.namespace, {});
  const sequences = Array.from({ length: Math.min(most, last) }, (_, back) => last - back);
  await Promise.allSettled(
    sequences.map(async (sequence) => {
      const found = await firstFrom(broker, acks, { sequence, subject });
      const address = found && parseAckSubject(found.subject);
      if (found === void 0 || address === void 0 || address.subject === "error") return;
      add([idCandidate(address, String(looseJson(found.data)?.["state"]), found.storedAt)]);
    })
  );
}
async function queuedIds(broker, add) {
  const { names, namespace } = broker;
  const { state } = await streamInfo(broker, names.messages);
  if ((state?.messages ?? 0) > longestListing) return;
  const { state: listed } = await streamInfo(broker, names.messages, `${namespace}.*.*.*.*`);
  const addresses = Object.keys(listed?.subjects ?? {}).map(parseMessageSubject);
  add(
    addresses.flatMap((address) => address === void 0 ? [] : [idCandidate(address, "queued", timeOf(address.id))])
  );
}
function idCandidate(address, state, at) {
  return { value: address.id, describe: `${address.node} ${typeAndSubject(address)} ${state}`, at };
}
function timeOf(id) {
  return isValid(id) ? decodeTime(id) : void 0;
}
function looseJson(bytes) {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString());
    return value !== null && typeof value === "object" ? { ...value } : void 0;
  } catch {
    return void 0;
  }
}
export {
  fromFleet
};
