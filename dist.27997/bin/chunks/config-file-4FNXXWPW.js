const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  noConfig
} from "./chunk-F4IVHV5A.js";
import {
  yamlDocuments,
  yamlFault
} from "./chunk-RBNEHH4P.js";
import {
  glob
} from "./chunk-66VHQECK.js";
import {
  faultIn
} from "./chunk-T43TWJCU.js";
import {
  camelCase,
  settings
} from "./chunk-NGO76LME.js";
import {
  array,
  boolean,
  check,
  custom,
  integer,
  maxValue,
  messageTypeSchema,
  minLength,
  minValue,
  number,
  optionEntries,
  optional,
  picklist,
  pipe,
  rawTransform,
  record,
  regex,
  safeParse,
  strictObject,
  string,
  transform,
  union
} from "./chunk-WUYJTG4S.js";
import {
  durationPattern,
  parseDuration
} from "./chunk-CFOZLGDG.js";
import {
  canonicalSubject
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError,
  errorMeanings,
  messageOf
} from "./chunk-IH65MIS5.js";
import {
  placeAfter
} from "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/config/config-file.ts
import { readFile, stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

// src/config/pattern.ts
import { createContext, Script } from "node:vm";
var patience = 100;
var sandbox = createContext({});
var look = new Script("expression.test(text)");
function regularExpression(source) {
  const expression = new RegExp(`^(?:${source})$`, "u");
  return (text2) => {
    Object.assign(sandbox, { expression, text: text2 });
    try {
      return look.runInContext(sandbox, { timeout: patience }) === true;
    } catch {
      throw new StewardError("notAccepted", `/${source}/ gave no result within ${patience} ms`);
    }
  };
}

// src/config/schema.ts
var text = string("must be a text; put numbers, true and false in quotes");
var milliseconds = (least) => pipe(
  schemaOf({ type: "string", describe: "", bound: { kind: "duration", least } }),
  transform((value) => parseDuration(String(value)) ?? 0)
);
var oneOrMore = (one) => union(
  [
    pipe(
      one,
      transform((value) => [value])
    ),
    pipe(array(one), minLength(1, "must not be empty"))
  ],
  "must be a text or a list of texts"
);
var anyOf = (one) => pipe(
  oneOrMore(one),
  transform((sources) => {
    const patterns = sources.map(glob);
    return (value) => patterns.some((fits) => fits(value));
  })
);
var name = pipe(text, regex(/^[\w*-]+$/, "may hold only A-Z a-z 0-9 _ - and *"));
var lane = pipe(
  text,
  regex(/^(?:\*|(?:command|event|\*)\.[\w*-]+)$/, 'must be a lane such as "command.exec", "event.*" or "*"')
);
var anyFurther = () => true;
var dataPattern = pipe(
  text,
  rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
    const [, source] = /^\/(.+)\/$/s.exec(value) ?? [];
    if (value === "**") return anyFurther;
    if (source === void 0) return glob(value);
    try {
      if (/(?<!\\)\//.test(source)) throw new SyntaxError("write a slash within it as \\/");
      return regularExpression(source);
    } catch (error) {
      addIssue({ message: `a text between slashes is a regular expression: ${messageOf(error)}` });
      return NEVER;
    }
  })
);
var dataPatterns = pipe(
  union(
    [
      pipe(
        dataPattern,
        transform((pattern) => [pattern])
      ),
      array(dataPattern)
    ],
    "must be a text or a list of texts"
  ),
  check((patterns) => !patterns.slice(0, -1).includes(anyFurther), 'may have "**" only at its end'),
  transform((patterns) => {
    const isOpen = patterns.at(-1) === anyFurther;
    const fixed = isOpen ? patterns.slice(0, -1) : patterns;
    return (data) => (isOpen ? data.length >= fixed.length : data.length === fixed.length) && fixed.every((fits, at) => fits(data[at] ?? ""));
  })
);
var keys = "must be a mapping of keys to values";
var keyed = (entries) => (
  // A list is an object too, and an empty one would be a rule that allows everything.
  pipe(
    custom((value) => !Array.isArray(value), keys),
    strictObject(entries, keys)
  )
);
var acceptRule = keyed({
  name: optional(text),
  allow: optional(boolean("must be true or false"), true),
  from: optional(anyOf(name)),
  type: optional(oneOrMore(messageTypeSchema)),
  subject: optional(
    anyOf(
      pipe(
        name,
        transform((subject) => canonicalSubject(subject))
      )
    )
  ),
  data: optional(dataPatterns)
});
var codes = Object.keys(errorMeanings);
var verdicts = ["retry", "continue", "restart", "quarantine", "shutdown"];
var policyRule = keyed({
  subject: optional(anyOf(lane)),
  error: optional(oneOrMore(picklist(codes, "must be an error code, see docs/errors.md"))),
  retries: optionEntries.retries,
  retryWait: optional(milliseconds(0)),
  verdict: optional(picklist(verdicts, `must be one of ${verdicts.join(", ")}`), "continue")
});
var laneRules = pipe(
  record(
    lane,
    keyed({
      onFailure: optional(picklist(["continue", "halt"], "must be continue or halt"), "continue"),
      timeout: optional(milliseconds(1))
    }),
    keys
  ),
  transform((rules) => Object.entries(rules).map(([of, rule]) => ({ lane: glob(of), ...rule })))
);
function schemaOf({ bound, type }) {
  const otherwise = ({ input }) => faultIn(bound, input) ?? "is not allowed";
  const one = pipe(
    shapeOf(bound, otherwise),
    check((value) => faultIn(bound, value) === void 0, otherwise)
  );
  return type === "strings" ? oneOrMore(one) : one;
}
function shapeOf(bound, otherwise) {
  if (bound.kind === "flag") return boolean(otherwise);
  if (bound.kind === "choice") return picklist(bound.choices, otherwise);
  if (bound.kind === "duration") return pipe(string(otherwise), regex(durationPattern, otherwise));
  if (bound.kind === "wholeNumber") {
    const { least, most } = bound;
    return pipe(number(otherwise), integer(otherwise), minValue(least, otherwise), maxValue(most, otherwise));
  }
  return string(otherwise);
}
var options = Object.fromEntries(
  Object.entries(settings).map(([option, setting]) => [camelCase(option), optional(schemaOf(setting))])
);
var nodeConfigSchema = pipe(
  keyed({
    ...options,
    accept: optional(array(acceptRule, "must be a list of rules")),
    policy: optional(array(policyRule, "must be a list of rules"), []),
    lanes: optional(laneRules, {})
  }),
  transform(({ accept, policy, lanes, ...rest }) => ({
    options: rest,
    accept,
    policy,
    lanes
  }))
);

// src/config/parse.ts
async function parseNodeConfig(text2, file) {
  if (text2.trim() === "") throw new StewardError("badSettings", `${file}: is empty; for no settings, write {}`);
  const result = safeParse(nodeConfigSchema, await parseYaml(text2, file) ?? {}, { abortEarly: true });
  if (result.success) return result.output;
  throw new StewardError("badSettings", `${file}: ${faultOf(result.issues[0])}`);
}
function faultOf(issue) {
  const inner = issue.issues?.find(({ kind, type: type2, path: path2 }) => kind !== "schema" || type2 === "picklist" || path2);
  const { type, expected, message } = inner ?? issue;
  const path = [...issue.path ?? [], ...inner?.path ?? []];
  const place = path.map(({ key }) => typeof key === "number" ? key + 1 : String(key)).join(".");
  const fault = type === "strict_object" && expected === "never" ? "unknown key" : message;
  return place === "" ? fault : `${place}: ${fault}`;
}
async function parseYaml(text2, file) {
  try {
    const [document, second] = await yamlDocuments(text2);
    if (document === void 0) return void 0;
    const fault = await yamlFault(document) ?? (second && { at: second.range[0], reason: "only one YAML document is allowed, and a second one begins" });
    if (fault !== void 0) throw new Error(`${fault.reason} at ${placeAfter(text2.slice(0, fault.at), 1)}`);
    return document.toJS();
  } catch (error) {
    throw new StewardError("notJson", `${file}: ${messageOf(error)}`);
  }
}

// src/config/config-file.ts
var ConfigFile = class _ConfigFile {
  #path;
  /** The options with which the node started. */
  #options;
  #current;
  /** The stamp of the file when it was last read. */
  #stamp;
  constructor(path, stamp, first) {
    this.#path = path;
    this.#stamp = stamp;
    this.#current = first;
    this.#options = first.options;
  }
  /** @throws StewardError fileUnreadable, notJson, badSettings */
  static async open(path) {
    const stamp = await stampOf(path);
    return new _ConfigFile(path, stamp, await read(path));
  }
  get path() {
    return this.#path;
  }
  /** The content of the file; after a faulty change, the last valid content. */
  get current() {
    return this.#current;
  }
  /**
   * Reads the file again after each change and logs that, until the signal aborts. It checks every `lookEvery`
   * milliseconds and waits until two checks see the same file, because a writer may still be at work. Never rejects.
   */
  async follow(log, signal, lookEvery = 500) {
    const pause = () => delay(lookEvery, true, { signal, ref: false }).catch(() => false);
    for (let before = this.#stamp; await pause(); ) {
      const stamp = await stampOf(this.#path);
      if (stamp === before && stamp !== this.#stamp) await this.#take(stamp, log);
      before = stamp;
    }
  }
  async #take(stamp, log) {
    this.#stamp = stamp;
    try {
      const config = await read(this.#path, this.#current);
      if (await stampOf(this.#path) !== stamp) return;
      this.#current = config;
      const waiting = changedKeys(this.#options, config.options);
      const later = waiting.length === 0 ? "" : `, except ${waiting.join(", ")}: restart the node for that`;
      log.info(`${this.#path} was changed; the new settings apply from the next message on${later}`);
    } catch (error) {
      log.error(`${messageOf(error)}; the previous settings stay in use`);
    }
  }
};
async function read(path, former = noConfig) {
  const bytes = await readFile(path).catch((error) => {
    throw new StewardError("fileUnreadable", `the configuration ${path} cannot be read: ${messageOf(error)}`);
  });
  const text2 = textIn(bytes, path);
  if (isHeading(text2) && !isDeepStrictEqual(former, noConfig)) {
    throw new StewardError("badSettings", `${path}: contains only comments; for no settings, write {}`);
  }
  return parseNodeConfig(text2, path);
}
function isHeading(text2) {
  const rest = text2.replaceAll(/^(?:[ \t]*#.*|---[ \t]*)$/gm, "").trim();
  return rest === "" && text2.trim() !== "";
}
function textIn(bytes, path) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new StewardError("notJson", `${path}: not valid UTF-8; save the file as UTF-8`);
  }
}
async function stampOf(path) {
  const { ino, size, mtimeMs, ctimeMs } = await stat(path).catch(() => ({ ino: 0, size: 0, mtimeMs: 0, ctimeMs: 0 }));
  return [ino, size, mtimeMs, ctimeMs].join(" ");
}
function changedKeys(former, now) {
  const keys2 = /* @__PURE__ */ new Set([...Object.keys(former), ...Object.keys(now)]);
  return [...keys2].filter((key) => !isDeepStrictEqual(former[key], now[key]));
}
export {
  ConfigFile
};
