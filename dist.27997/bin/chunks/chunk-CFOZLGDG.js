const require = process.getBuiltinModule("module").createRequire(import.meta.url);

// src/util/duration.ts
var unitMs = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 };
var longestTimer = 2 ** 31 - 1;
var durationPattern = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;
var part = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;
function parseDuration(text) {
  if (!durationPattern.test(text)) return void 0;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(part)) total += Number(amount) * unitMs[unit];
  return Number.isSafeInteger(Math.round(total)) ? Math.round(total) : void 0;
}
function formatDuration(ms) {
  for (const unit of ["d", "h", "m", "s"]) {
    if (ms >= unitMs[unit] && ms % unitMs[unit] === 0) return `${ms / unitMs[unit]}${unit}`;
  }
  return `${ms}ms`;
}

export {
  longestTimer,
  durationPattern,
  parseDuration,
  formatDuration
};
