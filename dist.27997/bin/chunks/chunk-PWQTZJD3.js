const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  lanesInBroker,
  readLanes
} from "./chunk-7OGUAAKO.js";
import {
  ackHeads,
  ackOfHead,
  isFailure,
  readNodes
} from "./chunk-2CFWZEUP.js";
import {
  readGroups
} from "./chunk-3U2C6QZP.js";
import {
  inParallel
} from "./chunk-OMTY7AFQ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";

// src/state/node-page.ts
var mostFailures = 5;
async function readNode(broker, name) {
  const { asOf, nodes } = await readNodes(broker, name);
  const [state] = nodes;
  if (state === void 0) return void 0;
  const [now, groups, lastFailures] = await Promise.all([
    lanesNow(broker, state),
    groupsOf(broker, name),
    readFailures(broker, name)
  ]);
  return { state, asOf, now, groups, lastFailures };
}
async function lanesNow(broker, { node, up, info }) {
  if (up || info !== void 0) return readLanes(broker, node);
  return { node, daemon: "down", draining: false, lanes: await lanesInBroker(broker, node) };
}
async function groupsOf(broker, node) {
  try {
    return [...await readGroups(broker)].filter(([, nodes]) => nodes.includes(node)).map(([name]) => name);
  } catch (error) {
    if (error instanceof StewardError && error.code === "streamsMissing") return [];
    throw error;
  }
}
async function readFailures(broker, node) {
  const heads = (await ackHeads(broker, { node, history: true })).filter(isFailure).slice(-mostFailures);
  const failures = await inParallel(
    heads,
    mostFailures,
    async (head) => failureOf(head, await ackOfHead(broker, head))
  );
  return failures.toReversed();
}
function failureOf({ messageType, subject, id, state, storedAt }, ack) {
  const at = new Date(storedAt).toISOString();
  return { messageType, subject, id, state, at, attempt: ack?.attempt ?? 0, error: ack?.error };
}

export {
  readNode,
  groupsOf
};
