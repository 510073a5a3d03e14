const require = process.getBuiltinModule("module").createRequire(import.meta.url);

// src/util/lines.ts
function joinedLines(text) {
  const [first = "", ...more] = text.split(/[\r\n]+/);
  if (more.length === 0) return text;
  return [first.trimEnd(), ...more.slice(0, -1).map((line) => line.trim()), more.at(-1)?.trimStart()].filter(Boolean).join("; ");
}
function placeAfter(before, line) {
  const lineStart = before.lastIndexOf("\n") + 1;
  return `line ${line + countLines(before)}, column ${before.length - lineStart + 1}`;
}
function countLines(text) {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}

export {
  joinedLines,
  placeAfter,
  countLines
};
