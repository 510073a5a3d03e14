const require = process.getBuiltinModule("module").createRequire(import.meta.url);

// src/protocol/ack-output.ts
function gapMark(omitted) {
  return `
[steward: ${omitted} bytes left out here]
`;
}
var nothing = Buffer.alloc(0);
var anyMark = /\n\[steward: \d+ bytes left out here\]\n/;
function heldBytes(output, stream) {
  const { encoding } = output;
  if (encoding === void 0) return Buffer.from(output[stream]);
  return encoding === "base64" ? Buffer.from(output[stream], "base64") : void 0;
}
function outputOf({ output }, stream) {
  const held = output && heldBytes(output, stream);
  if (held === void 0) return void 0;
  const truncation = output?.truncated?.[stream];
  if (truncation === void 0) return { total: held.length, head: held, tail: nothing };
  const { total, omitted } = truncation;
  const mark = Buffer.from(gapMark(omitted));
  const kept = held.length - mark.length;
  const at = kept + omitted === total ? nearestTo(kept / 2, mark, held) : -1;
  if (at >= 0) return { total, head: held.subarray(0, at), tail: held.subarray(at + mark.length) };
  const end = held.toString("latin1").search(anyMark);
  return { total, head: end < 0 ? held : held.subarray(0, end), tail: nothing };
}
function partAt({ total, head, tail }, offset) {
  if (offset < head.length) return head.subarray(offset);
  const tailAt = total - tail.length;
  return offset >= tailAt && offset < total ? tail.subarray(offset - tailAt) : void 0;
}
function nearestTo(middle, mark, held) {
  let nearest = -1;
  for (let at = held.indexOf(mark); at >= 0; at = held.indexOf(mark, at + 1)) {
    if (nearest < 0 || Math.abs(at - middle) < Math.abs(nearest - middle)) nearest = at;
  }
  return nearest;
}

export {
  gapMark,
  heldBytes,
  outputOf,
  partAt
};
