const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  gapMark
} from "./chunk-3WOP4O5A.js";

// src/exec/captured-output.ts
var OutputCapture = class {
  #limit;
  #headLength;
  /** At first the bytes in their order. Once they no longer fit: `[head | tail]`, where the tail is a ring. */
  #kept = Buffer.alloc(0);
  #total = 0;
  constructor(limit) {
    this.#limit = limit;
    this.#headLength = Math.floor(limit / 2);
  }
  /** Bytes received so far, which is the offset of the next chunk. */
  get total() {
    return this.#total;
  }
  add(chunk) {
    const fitting = Math.min(chunk.length, Math.max(0, this.#limit - this.#total));
    this.#append(chunk.subarray(0, fitting));
    this.#overwriteTail(chunk.subarray(fitting));
  }
  captured() {
    const omitted = Math.max(0, this.#total - this.#limit);
    if (omitted === 0) {
      const bytes2 = this.#kept.subarray(0, this.#total);
      return { bytes: bytes2, total: this.#total, omitted, headLength: bytes2.length };
    }
    const oldest = this.#tailPosition();
    const bytes = Buffer.concat([
      this.#kept.subarray(0, this.#headLength),
      this.#kept.subarray(oldest),
      this.#kept.subarray(this.#headLength, oldest)
    ]);
    return { bytes, total: this.#total, omitted, headLength: this.#headLength };
  }
  /** Grows by doubling, so that small outputs stay small and many small chunks are not copied again and again. */
  #append(bytes) {
    const needed = this.#total + bytes.length;
    if (bytes.length > 0 && needed > this.#kept.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.#limit, Math.max(needed, 2 * this.#kept.length)));
      this.#kept.copy(larger);
      this.#kept = larger;
    }
    bytes.copy(this.#kept, this.#total);
    this.#total = needed;
  }
  #overwriteTail(bytes) {
    const last = bytes.subarray(Math.max(0, bytes.length - (this.#limit - this.#headLength)));
    this.#total += bytes.length - last.length;
    const copied = last.copy(this.#kept, this.#tailPosition());
    last.copy(this.#kept, this.#headLength, copied);
    this.#total += last.length;
  }
  /** Where the next byte goes in the ring; the oldest byte is there now. */
  #tailPosition() {
    const tailLength = this.#limit - this.#headLength;
    return this.#headLength + (this.#total - this.#headLength) % Math.max(1, tailLength);
  }
};

// src/handlers/output.ts
function toOutput(stdout, stderr) {
  const whole = { stdout: atCharacters(stdout), stderr: atCharacters(stderr) };
  const texts = { stdout: asText(whole.stdout), stderr: asText(whole.stderr) };
  if (texts.stdout !== void 0 && texts.stderr !== void 0) {
    return { stdout: texts.stdout, stderr: texts.stderr, ...gaps(whole.stdout, whole.stderr) };
  }
  const asBase64 = (captured) => joined(captured).toString("base64");
  return { stdout: asBase64(stdout), stderr: asBase64(stderr), encoding: "base64", ...gaps(stdout, stderr) };
}
function gaps(stdout, stderr) {
  const truncated = {
    ...stdout.omitted > 0 ? { stdout: truncation(stdout) } : {},
    ...stderr.omitted > 0 ? { stderr: truncation(stderr) } : {}
  };
  return Object.keys(truncated).length > 0 ? { truncated } : {};
}
function truncation({ total, omitted }) {
  return { total, omitted };
}
var utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function asText(captured) {
  try {
    return utf8.decode(joined(captured));
  } catch {
    return void 0;
  }
}
function atCharacters(captured) {
  if (captured.omitted === 0) return captured;
  const { head, tail } = parts(captured);
  const kept = withoutBrokenEnd(head);
  const bytes = Buffer.concat([kept, withoutBrokenStart(tail)]);
  return { bytes, total: captured.total, omitted: captured.total - bytes.length, headLength: kept.length };
}
function joined(captured) {
  if (captured.omitted === 0) return captured.bytes;
  const { head, tail } = parts(captured);
  return Buffer.concat([head, Buffer.from(gapMark(captured.omitted)), tail]);
}
function parts({ bytes, headLength }) {
  return { head: bytes.subarray(0, headLength), tail: bytes.subarray(headLength) };
}
var isContinuation = (byte) => byte !== void 0 && (byte & 192) === 128;
function withoutBrokenEnd(bytes) {
  let start = bytes.length - 1;
  while (start > bytes.length - 4 && isContinuation(bytes[start])) start--;
  const lead = bytes[start] ?? 0;
  const length = lead >= 240 ? 4 : lead >= 224 ? 3 : lead >= 192 ? 2 : 1;
  return start + length > bytes.length ? bytes.subarray(0, start) : bytes;
}
function withoutBrokenStart(bytes) {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start++;
  return bytes.subarray(start);
}

export {
  OutputCapture,
  toOutput
};
