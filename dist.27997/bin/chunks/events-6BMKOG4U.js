const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  onLiveOutput
} from "./chunk-T5NXMHBG.js";
import {
  askNode,
  outputAnswerSchema
} from "./chunk-HDCA3CCY.js";
import "./chunk-KBGVZMHU.js";
import "./chunk-2PVYTS73.js";
import {
  Waiting,
  allAcks,
  outcomeOfAck,
  unlessAborted
} from "./chunk-OMTY7AFQ.js";
import "./chunk-MNJ7CHLS.js";
import "./chunk-3XC6KFQ2.js";
import "./chunk-7C3OR7HS.js";
import {
  isSilence
} from "./chunk-TZGZTI2Z.js";
import "./chunk-Y6JR37Y7.js";
import "./chunk-EUBKYWQP.js";
import "./chunk-66VHQECK.js";
import "./chunk-T43TWJCU.js";
import "./chunk-NGO76LME.js";
import "./chunk-REHHFAQD.js";
import "./chunk-WV5YP3BK.js";
import "./chunk-P6SB6KP3.js";
import "./chunk-VLDOLLNL.js";
import {
  outputOf,
  partAt
} from "./chunk-3WOP4O5A.js";
import {
  isFinal,
  isKnownState,
  outputStreams,
  parseBytes
} from "./chunk-U2N5OPV4.js";
import {
  integer,
  minValue,
  number,
  pipe,
  record,
  safeParse,
  strictTuple,
  string,
  union
} from "./chunk-WUYJTG4S.js";
import {
  longestTimer
} from "./chunk-CFOZLGDG.js";
import {
  keyOf,
  typeAndSubject
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import {
  __callDispose,
  __using
} from "./chunk-LCNIN5BG.js";

// src/util/slots.ts
var Slots = class {
  #free;
  #waiting = [];
  constructor(count2) {
    this.#free = count2;
  }
  async use(action) {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise((resolve) => this.#waiting.push(resolve));
    try {
      return await action();
    } finally {
      const next = this.#waiting.shift();
      if (next === void 0) this.#free += 1;
      else next();
    }
  }
};

// src/follow/ask-for-output.ts
var mostBytes = 256 * 1024;
var leastBytes = 8 * 1024;
var shortestWait = 5e3;
var longestWait = 2e4;
var patience = { nobody: 5e3, silent: 3e4 };
var OutputAsker = class {
  #broker;
  #address;
  #attempt;
  #slots;
  #bytes = mostBytes;
  #wait = shortestWait;
  #tries = 0;
  #overSince;
  constructor(broker, address, attempt, slots) {
    this.#broker = broker;
    this.#address = address;
    this.#attempt = attempt;
    this.#slots = slots;
  }
  /** Asks once. Without an answer it pauses, longer each time, but only for a limited time once `isOver`. */
  async ask(stream, offset, isOver, signal) {
    if (isOver) this.#overSince ??= performance.now();
    const answer = await this.#askOnce(stream, offset);
    if (answer.kind === "refused") return { kind: "lost" };
    if (answer.kind === "answered") {
      this.#tries = 0;
      const read = safeParse(outputAnswerSchema, answer.body);
      if (!read.success) return { kind: "lost" };
      const { data, totals, offset: at } = read.output;
      return { kind: "kept", offset: at, bytes: Buffer.from(data, "base64"), totals };
    }
    if (answer.kind === "silent") {
      this.#bytes = Math.max(leastBytes, this.#bytes / 4);
      this.#wait = Math.min(longestWait, this.#wait * 2);
    }
    if (this.#overSince !== void 0 && performance.now() - this.#overSince > patience[answer.kind]) {
      return { kind: "lost" };
    }
    await this.#broker.backOff(this.#tries++, signal);
    return { kind: "later" };
  }
  async #askOnce(stream, offset) {
    const { messageType, subject, id, node } = this.#address;
    const limit = this.#bytes;
    const request = { messageType, subject, id, attempt: this.#attempt, stream, offset, limit };
    try {
      return await this.#slots.use(() => askNode(this.#broker, node, "output", this.#wait, request));
    } catch (error) {
      if (this.#broker.nc.isClosed() || !isSilence(error)) throw error;
      return { kind: "silent" };
    }
  }
};

// src/follow/followed-attempt.ts
var FollowedAttempt = class {
  number;
  /** The ACK that ended the attempt. */
  ended;
  #address;
  #follower;
  #asker;
  #streams = {
    stdout: { next: 0, seen: 0 },
    stderr: { next: 0, seen: 0 }
  };
  #isAskedForAll = false;
  /** `from`: the position that the reader has already reached. */
  constructor(number2, address, follower, from = { stdout: 0, stderr: 0 }) {
    this.number = number2;
    for (const stream of outputStreams) this.#streams[stream].next = this.#streams[stream].seen = from[stream];
    this.#address = address;
    this.#follower = follower;
    this.#asker = new OutputAsker(follower.broker, address, number2, follower.slots);
  }
  /** Notes that bytes were published. True when no bytes are missing before them. */
  note(stream, offset, length) {
    const position = this.#streams[stream];
    position.seen = Math.max(position.seen, offset + length);
    return offset <= position.next;
  }
  /** Hands on the new part of published bytes. No bytes are missing before them. */
  handOn(stream, offset, bytes) {
    const position = this.#streams[stream];
    const [from, news] = [position.next, bytes.subarray(position.next - offset)];
    if (news.length === 0) return;
    position.next += news.length;
    return this.#follower.sink({ kind: "output", ...this.#place(), stream, offset: from, bytes: news });
  }
  /** Fetches some of the missing bytes. False when none are missing, or when they cannot be had before the end. */
  async fetch(isOver) {
    for (const stream of outputStreams) {
      const position = this.#streams[stream];
      const held = this.ended && outputOf(this.ended, stream);
      const end = held?.total ?? position.seen;
      if (position.next >= end) continue;
      const part = held && partAt(held, position.next);
      if (part !== void 0) {
        await this.handOn(stream, position.next, part);
        return true;
      }
      const asked = await this.#ask(stream, isOver);
      if (held === void 0 && this.ended !== void 0) return true;
      if (asked.kind === "later" || asked.kind === "kept" && await this.#advance(stream, asked, held)) return true;
      if (!isOver) continue;
      await this.#skip(stream, held === void 0 ? end : tailOf(held));
      return true;
    }
    return false;
  }
  /** Asks the daemon how much the run has printed. True when that is not known yet. */
  async look(isOver) {
    return (await this.#ask("stdout", isOver)).kind === "later";
  }
  /** For an ended attempt: true when nothing more can be learnt about its output. */
  async hasAll() {
    if (this.#isAskedForAll || this.ended !== void 0 && !this.#mayHaveMore(this.ended)) return true;
    const asked = await this.#ask("stdout", true);
    if (asked.kind === "lost") await this.#follower.sink({ kind: "cut", ...this.#place() });
    this.#isAskedForAll = asked.kind !== "later";
    return false;
  }
  /** A run may have printed something although its ACK has no output: its daemon was killed, or could not end it. */
  #mayHaveMore({ output, state }) {
    const { stdout, stderr } = this.#streams;
    const mayBeCut = state === "interrupted" || !isKnownState(state);
    return output === void 0 && (mayBeCut || stdout.seen + stderr.seen > 0);
  }
  async #ask(stream, isOver) {
    const asked = await this.#asker.ask(stream, this.#streams[stream].next, isOver, this.#follower.signal);
    if (asked.kind !== "kept") return asked;
    for (const name of outputStreams) {
      const position = this.#streams[name];
      position.seen = Math.max(position.seen, asked.totals[name]);
    }
    return asked;
  }
  /** Hands on bytes from the daemon. False when they are of no use to the reader. */
  async #advance(stream, { offset, bytes }, held) {
    const position = this.#streams[stream];
    if (offset + bytes.length <= position.next) return false;
    const from = held === void 0 ? offset : Math.min(offset, tailOf(held));
    if (from > position.next) await this.#skip(stream, from);
    if (from === offset || offset < position.next) await this.handOn(stream, offset, bytes);
    return true;
  }
  async #skip(stream, to) {
    const position = this.#streams[stream];
    const from = position.next;
    position.next = to;
    await this.#follower.sink({ kind: "gap", ...this.#place(), stream, from, to });
  }
  #place() {
    return { address: this.#address, attempt: this.number };
  }
};
function tailOf({ total, tail }) {
  return total - tail.length;
}

// src/follow/followed-message.ts
var mostAttempts = 1e3;
var FollowedMessage = class {
  /** Resolves when everything up to the final ACK was handed on. Rejects with an error of the sink. */
  done;
  #address;
  #follower;
  #from;
  /** The attempt that is being read, and those after it. */
  #attempts = [];
  #latest = 0;
  /** The last attempt whose start was reported to the reader, and why the one before it ended. */
  #reported;
  #before;
  #acksReadUpTo = 0;
  #final;
  #isDone = false;
  #mustLook = false;
  #isWorking = false;
  #isWoken = false;
  #resolve = () => {
  };
  #reject = () => {
  };
  constructor(address, follower, from) {
    this.#address = address;
    this.#follower = follower;
    this.#from = from;
    this.#reported = from?.attempt ?? (follower.everyStep ? 0 : 1);
    if (from !== void 0) this.#latest = from.output === void 0 ? from.attempt : from.attempt - 1;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.done.catch(() => void 0);
  }
  /** Takes output that the node published. */
  hear({ attempt: number2, stream, offset, bytes }) {
    const attempt = number2 <= this.#latest + 1 ? this.#reach(number2) : void 0;
    if (attempt === void 0) return;
    const isNext = attempt.note(stream, offset, bytes.length) && attempt === this.#attempts[0];
    if (!isNext || attempt.number > this.#reported || this.#isWorking) return this.#wake();
    const taken = attempt.handOn(stream, offset, bytes);
    if (taken !== void 0) void this.#work(taken);
  }
  take(ack) {
    const attempt = this.#reach(ack.attempt);
    if (attempt !== void 0 && (isFinal(ack) || ack.state === "retrying")) attempt.ended ??= ack;
    if (isFinal(ack)) this.#final ??= ack;
    this.#wake();
  }
  /** Reads the message's state again, because something may have been missed. */
  look() {
    this.#mustLook = true;
    this.#wake();
  }
  /** The attempt with this number, unless it was read already. Missed attempts before it are read first. */
  #reach(number2) {
    this.#latest = Math.max(this.#latest, number2 - mostAttempts);
    while (this.#latest < number2) {
      const next = ++this.#latest;
      const from = next === this.#from?.attempt ? this.#from.output : void 0;
      this.#attempts.push(new FollowedAttempt(next, this.#address, this.#follower, from));
    }
    return this.#attempts.find((attempt) => attempt.number === number2);
  }
  #wake() {
    this.#isWoken = true;
    if (!this.#isWorking) void this.#work();
  }
  /** Works step by step, after `first`, until it needs something that is still to come. */
  async #work(first) {
    this.#isWorking = true;
    try {
      if (first !== void 0) await first;
      while (this.#isWoken && !this.#follower.signal.aborted) {
        this.#isWoken = false;
        while (!this.#follower.signal.aborted && await this.#step()) ;
      }
    } catch (error) {
      if (!this.#follower.signal.aborted) this.#reject(error);
    }
    this.#isWorking = false;
  }
  async #step() {
    const [attempt] = this.#attempts;
    if (attempt === void 0) return this.#finish();
    if (attempt.number > this.#reported) return this.#report(attempt);
    const isOver = attempt.ended !== void 0 || this.#final !== void 0 || attempt.number < this.#latest;
    if (isOver && attempt.ended === void 0 && this.#acksReadUpTo < this.#latest) return this.#readAcks();
    if (await attempt.fetch(isOver)) return true;
    if (!isOver) {
      if (!this.#mustLook) return false;
      this.#mustLook = await attempt.look(isOver);
      return true;
    }
    if (await attempt.hasAll()) await this.#leave(attempt);
    return true;
  }
  async #leave({ number: number2, ended }) {
    this.#attempts.shift();
    this.#before = ended?.error;
    if (!this.#follower.everyStep || ended?.state !== "retrying") return;
    await this.#follower.sink({ kind: "retrying", address: this.#address, attempt: number2, error: ended.error });
  }
  async #report({ number: number2 }) {
    this.#reported = number2;
    await this.#follower.sink({ kind: "attempt", address: this.#address, attempt: number2, after: this.#before });
    return true;
  }
  async #readAcks() {
    const { broker, slots, signal } = this.#follower;
    const latest = this.#latest;
    const acks = await broker.untilAnswered(() => slots.use(() => allAcks(broker, this.#address)), signal);
    for (const ack of acks) this.take(ack);
    this.#acksReadUpTo = latest;
    return true;
  }
  async #finish() {
    if (this.#final !== void 0 && !this.#isDone) {
      this.#isDone = true;
      const ack = this.#final;
      await this.#follower.sink({ kind: "ended", address: this.#address, attempt: ack.attempt, ack });
      this.#resolve();
    }
    return false;
  }
};

// src/follow/followed-output.ts
var askedAtOnce = 8;
var FollowedOutput = class {
  #broker;
  #sink;
  #options;
  #slots = new Slots(askedAtOnce);
  #closing = new AbortController();
  #messages = /* @__PURE__ */ new Map();
  #subscriptions = /* @__PURE__ */ new Map();
  #ending = /* @__PURE__ */ new Set();
  #leave;
  constructor(broker, sink, options = {}) {
    this.#options = options;
    this.#broker = broker;
    this.#sink = sink;
    this.#leave = broker.onConnection({
      back: () => {
        for (const message of this.#messages.values()) message.look();
      }
    });
  }
  /**
   * Follows more messages. Call it before they are published; for messages that may run already, it reads their state.
   */
  follow(addresses, { mayHaveBegun = false } = {}) {
    const { everyStep = false, readUpTo } = this.#options;
    const [broker, sink, slots, signal] = [this.#broker, this.#sink, this.#slots, this.#closing.signal];
    const follower = { broker, sink, everyStep, slots, signal };
    for (const { node, messageType, subject, id } of addresses) {
      const address = { node, messageType, subject, id };
      if (this.#messages.has(keyOf(address))) continue;
      const message = new FollowedMessage(address, follower, readUpTo?.(address));
      this.#messages.set(keyOf(address), message);
      if (mayHaveBegun) message.look();
      if (this.#subscriptions.has(id)) continue;
      const end = onLiveOutput(this.#broker, id, (chunk) => this.#messages.get(keyOf(chunk.address))?.hear(chunk));
      this.#subscriptions.set(id, end);
    }
  }
  /** Takes an ACK. A repeated or late one does no harm. */
  take(ack) {
    const key = keyOf(ack);
    const message = this.#messages.get(key);
    if (message === void 0) return;
    message.take(ack);
    if (!isFinal(ack)) return;
    const ending = message.done.finally(() => this.#messages.delete(key));
    this.#ending.add(ending);
    ending.then(
      () => this.#ending.delete(ending),
      () => {
      }
      // `settled` reports the error.
    );
  }
  /** Resolves when the output of all ended messages was handed on, or when `signal` aborts. */
  async settled(signal) {
    await unlessAborted(signal, Promise.all(this.#ending));
  }
  [Symbol.dispose]() {
    this.#leave();
    this.#closing.abort();
    for (const end of this.#subscriptions.values()) end();
  }
};

// src/client/event-positions.ts
var none = { attempt: 0, output: { stdout: 0, stderr: 0 }, hasEnded: false };
var count = pipe(number(), integer(), minValue(0));
var cursorSchema = record(
  string(),
  union([strictTuple([]), strictTuple([count]), strictTuple([count, count, count])])
);
var EventPositions = class {
  #places;
  /** Replaced with each event, so that a cursor can be made later for an earlier event. */
  #positions;
  /** @throws StewardError usage for a text that is not a cursor */
  constructor(addresses, after) {
    const before = after === void 0 ? /* @__PURE__ */ new Map() : positionsIn(after);
    this.#places = new Map(addresses.map((address, at) => [placeOf(address), at]));
    this.#positions = addresses.map((address) => before.get(placeOf(address)) ?? none);
  }
  /** How far a message was read; undefined when it was not read at all. */
  of(address) {
    const { attempt, output } = this.#at(address);
    return attempt === 0 ? void 0 : { attempt, output };
  }
  hasEnded(address) {
    return this.#at(address).hasEnded;
  }
  /** Counts an event as handed on. Returns a function for the cursor after it. */
  advance(event) {
    const at = this.#places.get(placeOf(event.address));
    const now = at === void 0 ? none : behind(event, this.#positions[at] ?? none);
    const positions = at === void 0 ? this.#positions : this.#positions.with(at, now);
    this.#positions = positions;
    return () => this.#cursor(positions);
  }
  #at(address) {
    return this.#positions[this.#places.get(placeOf(address)) ?? -1] ?? none;
  }
  #cursor(positions) {
    const begun = [...this.#places].flatMap(([place, at]) => {
      const { attempt, output, hasEnded } = positions[at] ?? none;
      if (hasEnded) return [[place, []]];
      if (attempt === 0) return [];
      return [[place, output === void 0 ? [attempt] : [attempt, output.stdout, output.stderr]]];
    });
    return Buffer.from(JSON.stringify(Object.fromEntries(begun))).toString("base64url");
  }
};
function placeOf(address) {
  return `${address.node}.${typeAndSubject(address)}`;
}
function behind(event, before) {
  const { attempt } = event;
  const { stdout, stderr } = (attempt === before.attempt ? before.output : void 0) ?? { stdout: 0, stderr: 0 };
  const output = { stdout, stderr };
  switch (event.kind) {
    case "ended":
      return { attempt, hasEnded: true };
    case "retrying":
      return { attempt, hasEnded: false };
    case "output":
      return { attempt, output: { ...output, [event.stream]: event.offset + event.bytes.length }, hasEnded: false };
    case "gap":
      return { attempt, output: { ...output, [event.stream]: event.to }, hasEnded: false };
    case "attempt":
    case "cut":
    default:
      return { attempt, output, hasEnded: false };
  }
}
function positionsIn(cursor) {
  const read = parseBytes(cursorSchema, Buffer.from(cursor, "base64url"));
  if (read === void 0) throw new StewardError("usage", `${JSON.stringify(cursor)} is not a cursor of an event`);
  return new Map(
    Object.entries(read).map(([place, [attempt = 0, stdout, stderr]]) => {
      const output = stdout === void 0 || stderr === void 0 ? void 0 : { stdout, stderr };
      return [place, { attempt, output, hasEnded: attempt === 0 }];
    })
  );
}

// src/client/handover.ts
var Handover = class {
  #waiting = [];
  #over;
  #wake = () => {
  };
  /** Resolves when the reader has taken the item, or has left. */
  push(item) {
    if (this.#over !== void 0) return Promise.resolve();
    return new Promise((taken) => {
      this.#waiting.push({ item, taken });
      this.#wake();
    });
  }
  /** Ends the reading after the items that were pushed, with the error if there is one. */
  end(error) {
    this.#over ??= error === void 0 ? {} : { error };
    this.#wake();
  }
  /** The reader has left. */
  [Symbol.dispose]() {
    this.end();
    for (const { taken } of this.#waiting.splice(0)) taken();
  }
  async *[Symbol.asyncIterator]() {
    for (; ; ) {
      const next = this.#waiting.shift();
      if (next !== void 0) {
        yield next.item;
        next.taken();
        continue;
      }
      if (this.#over !== void 0) {
        if ("error" in this.#over) throw this.#over.error;
        return;
      }
      await new Promise((resolve) => this.#wake = resolve);
    }
  }
};

// src/client/events.ts
function followEvents({ broker }, addresses, sink, positions = new EventPositions(addresses)) {
  const take = (event) => {
    const { address, attempt } = event;
    const made = { node: address.node, address, attempt, ...partOf(event) };
    const get = positions.advance(event);
    return sink(Object.defineProperty(made, "cursor", { get, enumerable: true }));
  };
  return new FollowedOutput(broker, take, { everyStep: true, readUpTo: (address) => positions.of(address) });
}
async function* sentEvents(session, addresses, { after }, ended) {
  var _stack = [];
  try {
    const positions = new EventPositions(addresses, after);
    const open = addresses.filter((address) => !positions.hasEnded(address));
    const events = __using(_stack, new Handover());
    const live = __using(_stack, followEvents(session, open, (event) => events.push(event), positions));
    const waiting = __using(_stack, new Waiting(session.broker, open, { known: true, live, signal: ended }));
    waiting.listen();
    waiting.settled(longestTimer).then(
      () => events.end(),
      (error) => events.end(error)
    );
    yield* events;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}
function partOf(event) {
  switch (event.kind) {
    case "attempt":
      return { kind: "started", ...event.after && { after: event.after } };
    case "ended":
      return { kind: "ended", ...outcomeOfAck(event.ack) };
    case "output":
    case "gap":
    case "cut":
    case "retrying":
    default: {
      const { address: _address, attempt: _attempt, ...part } = event;
      return part;
    }
  }
}
export {
  followEvents,
  sentEvents
};
