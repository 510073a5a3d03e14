const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  StewardError
} from "./chunk-IH65MIS5.js";

// src/config/argument-bytes.ts
import { readFileSync } from "node:fs";
var replacement = "\uFFFD";
function assertTextArguments(argv) {
  if (!argv.some((word) => word.includes(replacement))) return;
  const bytes = textsOf("/proc/self/cmdline").slice(-argv.length);
  for (const [index, word] of argv.entries()) {
    if (word.includes(replacement)) assertText(bytes[index], nameOf(word, argv[index - 1] ?? "", index + 1), "usage");
  }
}
function nameOf(word, before, number) {
  const [option] = /^(?:--[a-z][a-z-]*|-s)/.exec(word.startsWith("-") ? word : before) ?? [];
  if (option !== void 0) return `the value of ${option}`;
  return `argument ${number}, ${JSON.stringify(word.length > 60 ? `${word.slice(0, 60)}\u2026` : word)},`;
}
function assertTextVariable(name, value) {
  if (!value.includes(replacement)) return;
  const entry = textsOf("/proc/self/environ").find(
    (one) => one.subarray(0, name.length + 1).equals(Buffer.from(`${name}=`))
  );
  assertText(entry, name, "badSettings");
}
function assertText(bytes, what, code) {
  if (bytes?.equals(Buffer.from(bytes.toString())) === true) return;
  const doubt = bytes === void 0 ? "contains U+FFFD, or bytes that are not UTF-8" : "is not UTF-8";
  const wayOut = code === "usage" ? ", or let a shell on the node produce the bytes, such as $(printf '\\374')" : "";
  throw new StewardError(code, `${what} ${doubt} and would be changed on the way: write it in UTF-8${wayOut}`);
}
function textsOf(path) {
  try {
    const bytes = readFileSync(path, "latin1");
    return bytes.split("\0").slice(0, -1).map((text) => Buffer.from(text, "latin1"));
  } catch {
    return [];
  }
}

export {
  assertTextArguments,
  assertTextVariable
};
