const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  isDay
} from "./chunk-OMTY7AFQ.js";
import {
  finalStates,
  knownStates
} from "./chunk-U2N5OPV4.js";
import {
  parseDuration
} from "./chunk-CFOZLGDG.js";
import {
  isToken,
  messageTypes
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";

// src/cli/filters.ts
var selectionOptions = {
  node: {
    type: "strings",
    completes: "node",
    describe: "only this node; * matches any characters; may be repeated"
  },
  subject: { type: "strings", completes: "subject", describe: "only this subject, such as exec" },
  type: { type: "string", choices: messageTypes, describe: "only commands, or only events" },
  id: { type: "strings", completes: "id", describe: "only this message, such as 'nightly_*'" }
};
function filterOf(args) {
  return {
    type: messageTypes.find((type) => type === args.type),
    nodes: patternsOf("node", args.node),
    subject: patternsOf("subject", args.subject),
    id: patternsOf("id", args.id)
  };
}
function patternsOf(option, texts = []) {
  const names = texts.flatMap((text) => text.split(",").map((name) => name.trim()));
  const wrong = names.find((name) => !isToken(name.replaceAll("*", "x")));
  if (wrong === void 0) return names;
  throw new StewardError(
    "usage",
    `--${option} ${wrong}: a name may contain only A-Z a-z 0-9 _ -, and * for any characters`
  );
}
var classes = {
  ended: finalStates,
  unsuccessful: finalStates.filter((state) => state !== "succeeded")
};
var stateOption = {
  type: "strings",
  choices: [...knownStates, ...Object.keys(classes)],
  describe: "only these states, such as failed,expired; ended and unsuccessful mean several"
};
function statesOf(texts) {
  return texts && [...new Set(texts.flatMap((text) => text.split(",")).flatMap(statesCalled))];
}
function statesCalled(word) {
  const found = knownStates.find((state) => state === word);
  if (found !== void 0) return [found];
  if (Object.hasOwn(classes, word)) return classes[word] ?? [];
  throw new StewardError("usage", `--state ${word}: unknown state`);
}
var time = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i;
function momentOf(option, text) {
  if (text === void 0) return void 0;
  const agoMs = parseDuration(text);
  if (agoMs !== void 0) return `${agoMs}ms`;
  const moment = new Date(time.test(text) ? withZone(text) : Number.NaN);
  if (!Number.isNaN(moment.getTime())) {
    if (isDay(text)) return moment;
    throw new StewardError("usage", `--${option} ${text}: this day does not exist`);
  }
  throw new StewardError("usage", `--${option} ${text} is not a time; write it as 2h (ago) or 2026-01-31T12:00:00Z`);
}
function withZone(text) {
  const full = text.replace(" ", "T");
  return full.includes("T") && !/(?:Z|[+-]\d\d:?\d\d)$/i.test(full) ? `${full}Z` : full;
}

export {
  selectionOptions,
  filterOf,
  stateOption,
  statesOf,
  momentOf
};
