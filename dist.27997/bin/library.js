const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  RunError,
  TerminalError,
  defineHandler
} from "./chunks/chunk-KRWR4BK3.js";
import {
  ackSchema,
  finalStates,
  isFinal,
  knownStates,
  outputStreams,
  parseAck,
  parseDraft
} from "./chunks/chunk-U2N5OPV4.js";
import {
  maxDataBytes,
  messageSchema
} from "./chunks/chunk-WUYJTG4S.js";
import "./chunks/chunk-CFOZLGDG.js";
import {
  ackFilter,
  ackSubject,
  ackedFilter,
  messageSubject
} from "./chunks/chunk-VKEXPMYZ.js";
import {
  StewardError,
  errorMeanings
} from "./chunks/chunk-IH65MIS5.js";
import "./chunks/chunk-7CBYIQL6.js";
import "./chunks/chunk-LCNIN5BG.js";

// src/index.ts
async function connect(options = {}) {
  const client = await import("./chunks/client-HFC6CYZI.js");
  return client.connect(options);
}
export {
  RunError,
  StewardError,
  TerminalError,
  ackFilter,
  ackSchema,
  ackSubject,
  ackedFilter,
  connect,
  defineHandler,
  errorMeanings,
  finalStates,
  isFinal,
  knownStates,
  maxDataBytes,
  messageSchema,
  messageSubject,
  outputStreams,
  parseAck,
  parseDraft
};
