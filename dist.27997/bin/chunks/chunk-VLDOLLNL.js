const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  joinedLines
} from "./chunk-7CBYIQL6.js";

// src/cli/stdio.ts
import { fstatSync, writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isatty } from "node:tty";
var mostUnread = 1024 * 1024;
var logPatienceMs = 1e3;
var Stdio = class {
  isTerminal;
  /** A part of the output was left out. */
  isPartial = false;
  #fd;
  #isFile;
  #closed = new AbortController();
  #stream;
  #fault;
  #isLog = false;
  #leftOut = 0;
  #drained;
  constructor(fd) {
    this.#fd = fd;
    this.isTerminal = isatty(fd);
    this.#isFile = !this.isTerminal && !isPipe(fd);
  }
  /** Aborts when nothing more can be printed: the reader has left, or there was an error. */
  get closed() {
    return this.#closed.signal;
  }
  /** Why some output was lost. A reader that has left, such as `head`, is not an error. */
  get fault() {
    return this.#fault;
  }
  /** The terminal itself, to draw on. */
  get terminal() {
    this.#stream ??= this.#open();
    return this.#stream;
  }
  /** If a promise is returned, the reader is slow: wait for it before writing more. */
  write(data) {
    if (this.#closed.signal.aborted) return void 0;
    if (this.#isFile) {
      const error = this.#writeFile(data);
      if (error !== void 0) this.#end(error);
      return void 0;
    }
    const stream = this.terminal;
    const isRoom = stream.write(data, (error) => {
      if (error) this.#end(error);
    });
    if (!isRoom) this.#drained ??= this.flush().finally(() => this.#drained = void 0);
    return this.#drained;
  }
  /**
   * Like `write`, for lines of a daemon's log. The daemon does not wait for the reader: if the reader is too slow or
   * the disk is full, lines are left out.
   */
  log(line) {
    this.#isLog = true;
    const notice = `
steward: ${this.#leftOut} lines of the log were left out here
`;
    const lines = this.#leftOut === 0 ? line : notice + line;
    const isLost = this.#isFile ? this.#writeFile(lines) !== void 0 : (this.#stream?.writableLength ?? 0) > mostUnread;
    if (isLost) return void this.#leftOut++;
    this.#leftOut = 0;
    if (!this.#isFile) void this.write(lines);
  }
  /** Resolves when all output has left this process, or cannot. For a log the wait is short. */
  async flush() {
    if (this.#stream === void 0) return;
    const written = new Promise((resolve) => this.#stream?.write("", resolve));
    await (this.#isLog ? Promise.race([written, delay(logPatienceMs)]) : written);
  }
  /** Aborts `closed` as soon as the reader leaves, even while nothing is printed. */
  async watchReader() {
    const { onReaderLeft } = await import("./reader-left-EQT7J7I7.js");
    onReaderLeft(this.#fd, () => this.#closed.abort());
  }
  #open() {
    const stream = this.#fd === 1 ? process.stdout : process.stderr;
    return stream.on("error", (error) => this.#end(error));
  }
  /** Not by Node's stream: on a full disk it takes a partial write for a complete one. */
  #writeFile(data) {
    const bytes = Buffer.from(data);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
      return void 0;
    } catch (error) {
      return error;
    }
  }
  #end(error) {
    if (this.#closed.signal.aborted) return;
    if (error.code !== "EPIPE" && error.code !== "ECONNRESET") this.#fault = error;
    this.#closed.abort();
  }
};
var stdout = new Stdio(1);
var stderr = new Stdio(2);
function isPipe(fd) {
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isSocket();
}

// src/util/json.ts
function toJson(value) {
  return wellFormedJson(JSON.stringify(value));
}
function wellFormedJson(json) {
  return json.includes("\\ud") ? json.replaceAll(escapes, (one) => one === "\\\\" ? one : "\\ufffd") : json;
}
var escapes = /\\\\|\\ud[89a-f][0-9a-f]{2}/g;

// src/cli/harmless.ts
var harmful = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;
var isHarmful = new RegExp(harmful.source, "u");
var stead = "\uFFFD";
function harmless(text) {
  if (!isHarmful.test(text)) return text;
  return joinedLines(text).replaceAll("	", " ").replaceAll(harmful, stead);
}
function harmlessOutput(bytes) {
  const text = bytes.toString("utf8").replaceAll("\r\n", "\n");
  return Buffer.from(text.replaceAll(harmful, (one) => one === "\n" || one === "	" ? one : stead));
}
var harmfulBytes = (
  // oxlint-disable-next-line no-control-regex -- the expression looks for them
  /[\0-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xed[\xa0-\xbf][\x80-\xbf]/g
);
function harmlessBytes(bytes) {
  const latin1 = bytes.toString("latin1").replaceAll("\r\n", "\n");
  return Buffer.from(latin1.replaceAll(harmfulBytes, "\xEF\xBF\xBD"), "latin1");
}

// src/cli/print.ts
function print(lines) {
  void stdout.write(asLines(lines));
}
function printNote(lines) {
  void stderr.write(asLines(lines));
}
function printJson(value) {
  print(jsonLine(value));
}
function asLines(lines) {
  return [lines].flat().map((line) => `${harmless(line)}
`).join("");
}
function jsonLine(value) {
  return toJson(value).replaceAll(escaped, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
var escaped = /[\u007f-\u009f\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
function writeOutput(stream, bytes) {
  const out = stream === "stdout" ? stdout : stderr;
  return out.write(out.isTerminal ? harmlessOutput(bytes) : bytes);
}
function printPart(json) {
  return stdout.write(harmless(json));
}
function drawLines(lines, over) {
  const up = over > 1 ? `\x1B[${over - 1}A` : "";
  void stdout.write(`${up}\r\x1B[J${lines.map(harmless).join("\n")}`);
}
function drawProgress(line) {
  void stderr.write(`\r${harmless(line)}\x1B[K`);
}
function printTabbed(rows) {
  void stdout.write(rows.map((row) => `${row.map(harmless).join("	")}
`).join(""));
}

export {
  toJson,
  wellFormedJson,
  harmless,
  harmlessBytes,
  stdout,
  stderr,
  print,
  printNote,
  printJson,
  asLines,
  jsonLine,
  writeOutput,
  printPart,
  drawLines,
  drawProgress,
  printTabbed
};
