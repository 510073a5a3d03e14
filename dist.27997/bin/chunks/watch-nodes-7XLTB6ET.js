const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  nodeJson,
  nodeLine,
  nodesTable
} from "./chunk-G5GISQZN.js";
import {
  explained
} from "./chunk-NZXPCTAK.js";
import "./chunk-B5MVZWQ5.js";
import "./chunk-WQBAR2TX.js";
import "./chunk-2CFWZEUP.js";
import "./chunk-EYZB2UB4.js";
import "./chunk-6KZYLPZB.js";
import "./chunk-KBGVZMHU.js";
import "./chunk-2PVYTS73.js";
import "./chunk-OMTY7AFQ.js";
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
import {
  drawLines,
  jsonLine,
  print,
  printNote
} from "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import "./chunk-VKEXPMYZ.js";
import {
  messageOf
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/cli/watch-nodes.ts
import { setTimeout as delay } from "node:timers/promises";

// src/cli/render/screen.ts
function clipped(text, columns, rows) {
  const width = Math.max(2, columns || 80) - 1;
  const room = Math.max(3, rows || 24) - 1;
  const lines = text.map((line) => line.slice(0, width));
  if (lines.length <= room) return lines;
  const more = `\u2026 and ${lines.length - room + 1} more`;
  return [...lines.slice(0, room - 1), more.slice(0, width)];
}

// src/cli/watch-nodes.ts
var [calmMs, calmFactor] = [2e3, 5];
var [busyMs, busyFactor] = [200, 4];
async function watchNodes(steward, read, screen, signal) {
  let hear = () => {
  };
  void listen(steward, signal, () => hear()).catch(() => void 0);
  for (let first = true; !signal.aborted; first = false) {
    const heard = new Promise((resolve) => hear = resolve);
    const begun = performance.now();
    let took = 0;
    try {
      screen.show(await read());
      took = performance.now() - begun;
    } catch (error) {
      if (first) throw error;
      if (!signal.aborted) screen.trouble(messageOf(explained(error)));
    }
    await pause(Math.max(busyMs, busyFactor * took), signal);
    await Promise.race([heard, pause(Math.max(calmMs, calmFactor * took), signal)]);
  }
}
async function listen(steward, signal, heard) {
  const changes = steward.nodeChanges({ signal })[Symbol.asyncIterator]();
  while ((await changes.next()).done !== true) heard();
}
function drawnScreen(out) {
  let drawn = 0;
  let last = [];
  const draw = (text) => {
    const lines = clipped(text, out.columns, out.rows);
    drawLines(lines, drawn);
    drawn = lines.length;
  };
  return {
    show: (nodes) => draw(last = nodes.length === 0 ? ["no nodes"] : nodesTable(nodes)),
    trouble: (text) => draw([`${text}; this is the last known state`, ...last])
  };
}
function lineScreen(json) {
  let known = /* @__PURE__ */ new Map();
  let shown = "";
  return {
    show: (nodes) => {
      shown = "";
      const now = /* @__PURE__ */ new Map();
      for (const state of nodes) {
        const line = nodeLine(state);
        now.set(state.node, line);
        if (known.get(state.node) !== line) print(json ? jsonLine(nodeJson(state)) : withTime(line));
      }
      for (const node of known.keys()) {
        if (!now.has(node)) print(json ? jsonLine({ node, gone: true }) : withTime(`${node} removed`));
      }
      known = now;
    },
    trouble: (text) => {
      if (text !== shown) printNote(`steward: ${text}`);
      shown = text;
    }
  };
}
function withTime(line) {
  return `${(/* @__PURE__ */ new Date()).toISOString()} ${line}`;
}
async function pause(ms, signal) {
  await delay(ms, void 0, { signal }).catch(() => void 0);
}
export {
  drawnScreen,
  lineScreen,
  watchNodes
};
