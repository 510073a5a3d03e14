const require = process.getBuiltinModule("module").createRequire(import.meta.url);
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
  asLines,
  jsonLine,
  stdout,
  writeOutput
} from "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import {
  keyOf,
  typeAndSubject
} from "./chunk-VKEXPMYZ.js";
import "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/cli/render/pieces.ts
var Pieces = class {
  #cut;
  #longest;
  #rest = [];
  #restLength = 0;
  /** A piece of more than `longest` bytes is returned in parts. */
  constructor(cut, longest) {
    this.#cut = cut;
    this.#longest = longest;
  }
  /** How many bytes of an incomplete piece are kept. */
  get waiting() {
    return this.#restLength;
  }
  /** Adds bytes. Returns the pieces that are now complete, together; may be empty. */
  add(bytes) {
    const at = this.#cut(bytes, this.#rest);
    if (at === 0 && this.#restLength + bytes.length <= this.#longest) {
      this.#keep(bytes);
      return Buffer.alloc(0);
    }
    const end = at === 0 ? bytes.length : at;
    const pieces = Buffer.concat([...this.#rest, bytes.subarray(0, end)]);
    [this.#rest, this.#restLength] = [[], 0];
    this.#keep(bytes.subarray(end));
    return pieces;
  }
  /** Returns the rest of an incomplete piece. */
  end() {
    const rest = Buffer.concat(this.#rest);
    [this.#rest, this.#restLength] = [[], 0];
    return rest;
  }
  #keep(bytes) {
    if (bytes.length === 0) return;
    this.#rest.push(Buffer.from(bytes));
    this.#restLength += bytes.length;
  }
};
var afterLine = (bytes) => bytes.lastIndexOf(10) + 1;
var afterCharacter = (given, waiting) => {
  const bytes = Buffer.concat([...waiting, given]);
  const last = bytes.findLastIndex((byte) => (byte & 192) !== 128);
  const lead = bytes[last] ?? 0;
  const length = lead >= 240 ? 4 : lead >= 224 ? 3 : lead >= 192 ? 2 : 1;
  const end = last >= 0 && last + length > bytes.length ? last : bytes.length;
  return Math.max(0, end - (bytes.length - given.length));
};

// src/cli/render/live-lines.ts
var longestLine = 256 * 1024;
function liveLines(out, nameOf) {
  const streams = new OpenStreams(
    () => new Pieces(afterLine, longestLine),
    (address, { stream }, bytes) => {
      return out[stream](prefixed(`${nameOf(address)}: `, bytes));
    }
  );
  const note = (address, text) => {
    return out.stderr(Buffer.from(asLines([`${nameOf(address)}: ${text}`])));
  };
  return {
    take: (event) => {
      const { address } = event;
      if (event.kind === "output") return streams.add(event);
      streams.end(address);
      if (event.kind === "gap") {
        return note(
          address,
          `${(event.to - event.from).toLocaleString("en")} bytes of ${event.stream} are missing here`
        );
      }
      if (event.kind === "cut") return note(address, `the last output of attempt ${event.attempt} may be missing here`);
      if (!isRepeat(event)) return void 0;
      const why = event.after === void 0 ? "" : `, after: ${event.after.message}`;
      return note(address, `attempt ${event.attempt} starts${why}`);
    },
    end: () => streams.endAll()
  };
}
function liveJson(out) {
  const write = ({ node, messageType, subject, id }, kind, rest) => {
    return out.stdout(Buffer.from(asLines([jsonLine({ kind, node, messageType, subject, id, ...rest })])));
  };
  const streams = new OpenStreams(
    () => new Pieces(afterCharacter, 4),
    (address, place, bytes) => {
      return write(address, "output", { ...place, ...textOf(bytes) });
    }
  );
  return {
    take: (event) => {
      if (event.kind === "output") return streams.add(event);
      const { address, attempt } = event;
      streams.end(address);
      if (isRepeat(event)) return write(address, "attempt", { attempt, after: event.after });
      if (event.kind === "cut") return write(address, "cut", { attempt });
      if (event.kind !== "gap") return void 0;
      const { stream, from, to } = event;
      return write(address, "gap", { attempt, stream, from, to });
    },
    end: () => streams.endAll()
  };
}
function isRepeat(event) {
  return event.kind === "started" && event.attempt > 1;
}
var OpenStreams = class {
  #streams = /* @__PURE__ */ new Map();
  #begin;
  #show;
  constructor(begin, show) {
    this.#begin = begin;
    this.#show = show;
  }
  add({ address, attempt, stream, offset, bytes }) {
    const key = keyOf(address);
    const streams = this.#streams.get(key) ?? [];
    let open = streams.find((one) => one.stream === stream);
    if (open === void 0) {
      open = { address, attempt, stream, pieces: this.#begin(), end: 0 };
      this.#streams.set(key, [...streams, open]);
    }
    const begins = offset - open.pieces.waiting;
    const complete = open.pieces.add(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    open.end = offset + bytes.length;
    return complete.length === 0 ? void 0 : this.#show(address, { attempt, stream, offset: begins }, complete);
  }
  /** Shows incomplete pieces, because another text comes next, or nothing. */
  end(address) {
    const streams = this.#streams.get(keyOf(address)) ?? [];
    this.#streams.delete(keyOf(address));
    for (const { attempt, stream, pieces, end } of streams) {
      const offset = end - pieces.waiting;
      const rest = pieces.end();
      if (rest.length > 0) void this.#show(address, { attempt, stream, offset }, rest);
    }
  }
  endAll() {
    for (const [first] of this.#streams.values()) if (first !== void 0) this.end(first.address);
  }
};
function prefixed(prefix, bytes) {
  const lines = bytes.toString("latin1").replace(/\n$/, "").replaceAll("\n", `
${prefix}`);
  return Buffer.from(`${prefix}${lines}
`, "latin1");
}
var utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function textOf(bytes) {
  try {
    return { text: utf8.decode(bytes) };
  } catch {
    return { base64: bytes.toString("base64") };
  }
}

// src/cli/follow.ts
function follow(messages, { json }) {
  const hasOneLane = new Set(messages.map(typeAndSubject)).size <= 1;
  const nameOf = ({ node, subject }) => hasOneLane ? node : `${node} ${subject}`;
  const view = json ? liveJson(terminal) : liveLines(terminal, nameOf);
  return {
    onEvent: (event) => {
      if (!json && event.kind === "gap") stdout.isPartial = true;
      return view.take(event);
    },
    [Symbol.dispose]: () => view.end()
  };
}
var terminal = {
  stdout: (bytes) => writeOutput("stdout", bytes),
  stderr: (bytes) => writeOutput("stderr", bytes)
};
export {
  follow
};
