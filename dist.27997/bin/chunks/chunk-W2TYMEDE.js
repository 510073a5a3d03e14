const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  glob
} from "./chunk-66VHQECK.js";
import {
  canonicalSubject
} from "./chunk-VKEXPMYZ.js";

// src/state/selection.ts
function selects({ nodes, subjects, messageType, ids }) {
  const [node, subject, id] = [nodes, subjects, ids].map(anyOf);
  return (address) => (messageType === void 0 || address.messageType === messageType) && (node === void 0 || node(address.node)) && (id === void 0 || id(address.id)) && (subject === void 0 || subject(address.subject) || subject(canonicalSubject(address.subject)));
}
function tokensOf({ nodes, subjects, messageType, ids }) {
  const names = subjects?.includes("log") === true ? [...subjects, "textLogging"] : subjects;
  let tokens = [{ messageType }];
  for (const [key, sources] of Object.entries({ node: nodes, subject: names, id: ids })) {
    const whole = sources?.some((source) => source.includes("*")) === true ? [] : [...new Set(sources)];
    if (whole.length === 0 || tokens.length * whole.length > mostFilters) continue;
    tokens = tokens.flatMap((token) => whole.map((name) => ({ ...token, [key]: name })));
  }
  return tokens;
}
var mostFilters = 64;
function anyOf(sources) {
  if (sources === void 0 || sources.length === 0) return void 0;
  const patterns = sources.map(glob);
  return (text) => patterns.some((fits) => fits(text));
}

export {
  selects,
  tokensOf
};
