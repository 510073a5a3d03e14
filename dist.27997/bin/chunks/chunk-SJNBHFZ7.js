const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  kvPut
} from "./chunk-A7TW25KK.js";
import {
  encodeGroup,
  inOrder,
  parseGroup,
  readGroups
} from "./chunk-3U2C6QZP.js";
import {
  kvLast
} from "./chunk-6KZYLPZB.js";
import {
  streamInfo
} from "./chunk-OMTY7AFQ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";

// src/operate/groups.ts
function addToGroup(broker, group, nodes) {
  return changeGroup(broker, group, (before) => [...before, ...nodes]);
}
function setGroup(broker, group, nodes) {
  return changeGroup(broker, group, () => nodes);
}
function removeFromGroup(broker, group, nodes = []) {
  return changeGroup(
    broker,
    group,
    (before) => nodes.length === 0 ? [] : before.filter((name) => !nodes.includes(name))
  );
}
async function removeFromGroups(broker, node) {
  const groups = [...await readGroups(broker)].filter(([, nodes]) => nodes.includes(node)).map(([name]) => name);
  for (const group of groups) await removeFromGroup(broker, group, [node]);
  return groups;
}
async function changeGroup(broker, group, change) {
  const { groupsBucket } = broker.names;
  await streamInfo(broker, `KV_${groupsBucket}`);
  for (let tries = 0; ; tries++) {
    const last = await kvLast(broker, groupsBucket, group);
    const before = last?.value === void 0 ? [] : parseGroup(last.value)?.nodes ?? [];
    const nodes = inOrder(change(before));
    if (nodes.join() === before.join()) return { group, nodes, changed: false };
    const write = { after: last?.revision ?? 0, ...nodes.length === 0 ? { operation: "DEL" } : {} };
    const value = nodes.length === 0 ? "" : encodeGroup(nodes);
    const written = await kvPut(broker, groupsBucket, group, value, write);
    if (written.kind === "stored") return { group, nodes, changed: true };
    if (tries === 20) throw new StewardError("brokerRefused", `the group ${group} was not stored: ${written.reason}`);
    await broker.backOff(Math.min(tries, 2));
  }
}

export {
  addToGroup,
  setGroup,
  removeFromGroup,
  removeFromGroups
};
