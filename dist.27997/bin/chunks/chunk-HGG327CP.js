const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  oneLine
} from "./chunk-WQBAR2TX.js";
import {
  formatDuration
} from "./chunk-CFOZLGDG.js";
import {
  typeAndSubject
} from "./chunk-VKEXPMYZ.js";

// src/cli/render/ack-line.ts
function ackLine({ storedAt, ack }) {
  return `${storedAt} ${ack.node} ${typeAndSubject(ack)} ${ack.id} ${ackText(ack)}`;
}
function ackText({ state, attempt, error, durationMs }) {
  const parts = [state];
  if (attempt > 1) parts.push(`attempt ${attempt}`);
  if (durationMs !== void 0) parts.push(formatDuration(durationMs));
  if (error !== void 0) parts.push(`(${error.code}) ${error.message}`);
  return oneLine(parts.join(" "));
}

export {
  ackLine,
  ackText
};
