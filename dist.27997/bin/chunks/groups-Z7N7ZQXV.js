const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  addToGroup,
  removeFromGroup,
  setGroup
} from "./chunk-SJNBHFZ7.js";
import "./chunk-A7TW25KK.js";
import {
  readGroups
} from "./chunk-3U2C6QZP.js";
import "./chunk-6KZYLPZB.js";
import {
  groupName,
  lookAlikes,
  neverSeen,
  resolve
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
import "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import "./chunk-VKEXPMYZ.js";
import "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/client/groups.ts
var changes = { set: setGroup, add: addToGroup };
function changeGroup(session, change, name, targets, options = {}) {
  return session.run(options, async () => {
    const group = groupName(name);
    const { nodes } = await resolve(session, targets);
    const changed = await changes[change](session.broker, group, nodes);
    const names = await neverSeen(session.broker, nodes);
    const meant = await lookAlikes(session.broker, names);
    return { ...changed, unseen: names.map((node) => ({ node, meant: meant.get(node) })) };
  });
}
function removeGroup(session, name, { nodes, ...options } = {}) {
  return session.run(options, async () => {
    const group = groupName(name);
    const meant = nodes === void 0 ? [] : (await resolve(session, nodes)).nodes;
    return removeFromGroup(session.broker, group, meant);
  });
}
function listGroups(session, options = {}) {
  return session.run(options, async () => Object.fromEntries(await readGroups(session.broker)));
}
export {
  changeGroup,
  listGroups,
  removeGroup
};
