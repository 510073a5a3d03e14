const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  oneLine
} from "./chunk-WQBAR2TX.js";
import {
  formatDuration
} from "./chunk-CFOZLGDG.js";

// src/cli/render/table.ts
function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map(oneLine));
  const widths = head.map((_cell, column) => all.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0));
  const line = (row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return all.map((row) => line(row).trimEnd());
}
function ago(moment, now = Date.now()) {
  if (!Number.isFinite(moment)) return "?";
  return `${inOneUnit(now - moment)} ago`;
}
function inOneUnit(ms) {
  if (!Number.isFinite(ms)) return "?";
  const unit = [864e5, 36e5, 6e4, 1e3].find((size) => ms >= size) ?? 1e3;
  return formatDuration(Math.max(0, Math.floor(ms / unit)) * unit).replace(/^0ms$/, "0s");
}

export {
  table,
  ago,
  inOneUnit
};
