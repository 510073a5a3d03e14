const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  kvEntries
} from "./chunk-6KZYLPZB.js";
import {
  askNode,
  lanesPageSchema
} from "./chunk-HDCA3CCY.js";
import {
  laneHoldKey,
  parseLaneHold
} from "./chunk-2PVYTS73.js";
import {
  byName,
  neverSeen,
  queuedSubjects,
  unknownNode
} from "./chunk-OMTY7AFQ.js";
import {
  boolean,
  object,
  parse
} from "./chunk-WUYJTG4S.js";
import {
  laneOf,
  parseMessageSubject
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";

// src/state/control-node.ts
var answerWait = 5e3;
async function controlNode(broker, node, verb, request = {}) {
  const answer = await askNode(broker, node, verb, answerWait, request);
  if (answer.kind === "answered") return answer.body;
  if (answer.kind === "refused") throw new StewardError("refused", `${node} refused ${verb}: ${answer.reason}`);
  if (answer.kind === "silent") {
    throw new StewardError(
      "nodeSilent",
      `not responding: the daemon of ${node} is connected but does not answer; it may be suspended`
    );
  }
  const [unseen] = await neverSeen(broker, [node]);
  if (unseen === void 0) throw new StewardError("nodeDown", `node down: no daemon of ${node} is connected`);
  throw await unknownNode(broker, node);
}

// src/state/lanes.ts
async function readLanes(broker, node) {
  try {
    const lanes = await askForLanes(broker, node);
    const { draining } = parse(object({ draining: boolean() }), await controlNode(broker, node, "status"));
    return { node, daemon: "up", draining, lanes: sorted(lanes) };
  } catch (error) {
    const code = error instanceof StewardError ? error.code : void 0;
    if (code !== "nodeDown" && code !== "nodeSilent") throw error;
    const daemon = code === "nodeDown" ? "down" : "silent";
    return { node, daemon, draining: false, lanes: await lanesInBroker(broker, node) };
  }
}
async function askForLanes(broker, node) {
  const all = [];
  for (let after = ""; after !== void 0; ) {
    const { lanes, more } = parse(lanesPageSchema, await controlNode(broker, node, "lanes", { after }));
    const before = after;
    const further = lanes.filter(({ name }) => name > before);
    for (const lane of further) all.push(lane);
    after = more > 0 ? further.at(-1)?.name : void 0;
  }
  return all;
}
async function lanesInBroker(broker, node) {
  const [entries, queued] = await Promise.all([
    kvEntries(broker, broker.names.nodesBucket, laneHoldKey(node, "*.*")),
    queuedSubjects(broker, `${broker.namespace}.${node}.*.*.*`)
  ]);
  const waiting = /* @__PURE__ */ new Map();
  for (const [subject, count] of queued) {
    const address = parseMessageSubject(subject);
    if (address === void 0) continue;
    const name = laneOf(address);
    waiting.set(name, (waiting.get(name) ?? 0) + count);
  }
  const holds = new Map([...entries].map(([key, value]) => [key.slice(laneHoldKey(node, "").length), value]));
  const lanes = [.../* @__PURE__ */ new Set([...waiting.keys(), ...holds.keys()])].flatMap((name) => {
    const [count, entry] = [waiting.get(name) ?? 0, holds.get(name)];
    const hold = entry && parseLaneHold(entry);
    return count === 0 && hold === void 0 ? [] : [{ name, waiting: count, running: [], hold }];
  });
  return sorted(lanes);
}
function sorted(lanes) {
  return lanes.toSorted((a, b) => byName(a.name, b.name));
}

export {
  controlNode,
  readLanes,
  lanesInBroker
};
