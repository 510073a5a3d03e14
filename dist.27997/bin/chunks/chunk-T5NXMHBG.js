const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  headersOf
} from "./chunk-OMTY7AFQ.js";
import {
  require_nats,
  statusCodes
} from "./chunk-TZGZTI2Z.js";
import {
  outputStreams
} from "./chunk-U2N5OPV4.js";
import {
  outputSubject,
  parseLaneName,
  typeAndSubject
} from "./chunk-VKEXPMYZ.js";
import {
  __toESM
} from "./chunk-LCNIN5BG.js";

// src/broker/control/live-output.ts
var import_nats = __toESM(require_nats(), 1);
var laneHeader = "Steward-Lane";
var attemptHeader = "Steward-Attempt";
var streamHeader = "Steward-Stream";
var offsetHeader = "Steward-Offset";
var envelope = 1024;
var OutputChannel = class {
  #broker;
  #inbox = (0, import_nats.createInbox)();
  #isUp = true;
  constructor(broker, { unheard, back }) {
    this.#broker = broker;
    broker.onConnection({
      lost: () => this.#isUp = false,
      back: () => {
        this.#isUp = true;
        back();
      }
    });
    broker.nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, msg) => {
        if (error === null && msg.headers?.code === statusCodes.nobodyListens)
          unheard(Number(msg.subject.slice(this.#inbox.length + 1)));
      }
    });
  }
  /** False while the connection is away. Chunks published then would wait in the client for an unknown time. */
  get isUp() {
    return this.#isUp && !this.#broker.nc.isClosed();
  }
  /** The most bytes that a chunk may have. */
  get largest() {
    return this.#broker.maxPayload - envelope;
  }
  publish({ address, attempt, stream, offset, bytes }, run) {
    const headers = headersOf({
      [laneHeader]: typeAndSubject(address),
      [attemptHeader]: String(attempt),
      [streamHeader]: stream,
      [offsetHeader]: String(offset)
    });
    const reply = `${this.#inbox}.${run}`;
    this.#broker.nc.publish(outputSubject(this.#broker.namespace, address), bytes, { headers, reply });
  }
  /** Resolves when the broker has received the published chunks; to false when the connection was lost before. */
  async flushed() {
    return this.#broker.nc.flush().then(
      () => true,
      () => false
    );
  }
};
function onLiveOutput(broker, id, callback) {
  const subscription = broker.nc.subscribe(outputSubject(broker.namespace, { id }), {
    callback: (error, msg) => {
      const chunk = error === null ? parseChunk(msg) : void 0;
      if (chunk !== void 0) callback(chunk);
    }
  });
  return () => subscription.unsubscribe();
}
function parseChunk({
  subject,
  headers,
  data
}) {
  const [, node, , id] = subject.split(".");
  const lane = parseLaneName(headers?.get(laneHeader) ?? "");
  const stream = outputStreams.find((name) => name === headers?.get(streamHeader));
  const [attempt, offset] = [Number(headers?.get(attemptHeader)), Number(headers?.get(offsetHeader))];
  if (node === void 0 || id === void 0 || lane === void 0 || stream === void 0) return void 0;
  if (!Number.isSafeInteger(attempt) || !Number.isSafeInteger(offset) || offset < 0) return void 0;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  return { address: { node, ...lane, id }, attempt, stream, offset, bytes };
}

export {
  OutputChannel,
  onLiveOutput
};
