const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  harmless,
  stdout
} from "./chunk-VLDOLLNL.js";

// src/cli/render/line.ts
function oneLine(text) {
  return harmless(text.trim());
}
function shortened(text, most) {
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 1)).replace(/[\uD800-\uDBFF]$/, "")}\u2026`;
}
function fitted(text, kept = "") {
  const columns = stdout.isTerminal ? stdout.terminal.columns : 0;
  return columns > 0 ? shortened(text, Math.max(20, columns - kept.length)) + kept : text + kept;
}

export {
  oneLine,
  shortened,
  fitted
};
