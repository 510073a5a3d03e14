import * as v from "valibot";
import { errorMeanings, messageOf, type ErrorCode } from "../protocol/errors.ts";
import { messageTypeSchema, optionEntries } from "../protocol/message.ts";
import { strictKeys } from "../protocol/strict-keys.ts";
import { canonicalSubject } from "../protocol/subjects.ts";
import { durationPattern, parseDuration } from "../util/duration.ts";
import { glob, type Pattern } from "../util/glob.ts";
import { faultIn } from "./bounds.ts";
import type { AcceptRule, LaneRule, NodeConfig, PolicyRule } from "./node-config.ts";
import { camelCase, settings, type Bound, type Setting } from "./options.ts";
import { regularExpression } from "./pattern.ts";

type Schema<T> = v.GenericSchema<unknown, T>;

const text = v.string("must be a text; put numbers, true and false in quotes");
const milliseconds = (least: number): Schema<number> =>
  v.pipe(
    schemaOf({ type: "string", describe: "", bound: { kind: "duration", least } }),
    v.transform((value) => parseDuration(String(value)) ?? 0),
  );

/** Accepts one value or a list of values. The result is always a list. */
const oneOrMore = <T extends string>(one: Schema<T>): Schema<T[]> =>
  v.union(
    [
      v.pipe(
        one,
        v.transform((value) => [value]),
      ),
      v.pipe(v.array(one), v.minLength(1, "must not be empty")),
    ],
    "must be a text or a list of texts",
  );

const anyOf = (one: Schema<string>): Schema<Pattern> =>
  v.pipe(
    oneOrMore(one),
    v.transform((sources) => {
      const patterns = sources.map(glob);
      return (value: string) => patterns.some((fits) => fits(value));
    }),
  );
const name = v.pipe(text, v.regex(/^[\w*-]+$/, "may hold only A-Z a-z 0-9 _ - and *"));
const lane = v.pipe(
  text,
  v.regex(/^(?:\*|(?:command|event|\*)\.[\w*-]+)$/, 'must be a lane such as "command.exec", "event.*" or "*"'),
);

/** The pattern `**`, which matches any number of further strings in `data`. */
const anyFurther: Pattern = () => true;

/** Accepts a regular expression between slashes, or a text with `*`. */
const dataPattern: Schema<Pattern> = v.pipe(
  text,
  v.rawTransform<string, Pattern>(({ dataset: { value }, addIssue, NEVER }) => {
    const [, source] = /^\/(.+)\/$/s.exec(value) ?? [];
    if (value === "**") return anyFurther;
    if (source === undefined) return glob(value);
    try {
      // A text with an inner slash is usually a folder's path. A path must not silently become a regular expression.
      if (/(?<!\\)\//.test(source)) throw new SyntaxError("write a slash within it as \\/");
      return regularExpression(source);
    } catch (error) {
      addIssue({ message: `a text between slashes is a regular expression: ${messageOf(error)}` });
      return NEVER;
    }
  }),
);
const dataPatterns: Schema<NonNullable<AcceptRule["data"]>> = v.pipe(
  v.union(
    [
      v.pipe(
        dataPattern,
        v.transform((pattern) => [pattern]),
      ),
      v.array(dataPattern),
    ],
    "must be a text or a list of texts",
  ),
  v.check((patterns) => !patterns.slice(0, -1).includes(anyFurther), 'may have "**" only at its end'),
  v.transform((patterns) => {
    const isOpen = patterns.at(-1) === anyFurther;
    const fixed = isOpen ? patterns.slice(0, -1) : patterns;
    return (data: readonly string[]) =>
      (isOpen ? data.length >= fixed.length : data.length === fixed.length) &&
      fixed.every((fits, at) => fits(data[at] ?? ""));
  }),
);

const keys = "must be a mapping of keys to values";
const keyed = <T extends v.ObjectEntries>(entries: T): Schema<v.InferOutput<v.StrictObjectSchema<T, string>>> =>
  strictKeys(entries, keys);

const acceptRule: Schema<AcceptRule> = keyed({
  name: v.optional(text),
  allow: v.optional(v.boolean("must be true or false"), true),
  from: v.optional(anyOf(name)),
  type: v.optional(oneOrMore(messageTypeSchema)),
  subject: v.optional(
    anyOf(
      v.pipe(
        name,
        v.transform((subject) => canonicalSubject(subject)),
      ),
    ),
  ),
  data: v.optional(dataPatterns),
});

const codes = Object.keys(errorMeanings) as ErrorCode[];
const verdicts = ["retry", "continue", "restart", "quarantine", "shutdown"] as const;
const policyRule: Schema<PolicyRule> = keyed({
  subject: v.optional(anyOf(lane)),
  error: v.optional(oneOrMore(v.picklist(codes, "must be an error code, see docs/errors.md"))),
  retries: optionEntries.retries,
  retryWait: v.optional(milliseconds(0)),
  verdict: v.optional(v.picklist(verdicts, `must be one of ${verdicts.join(", ")}`), "continue"),
});

const laneRules: Schema<LaneRule[]> = v.pipe(
  v.record(
    lane,
    keyed({
      onFailure: v.optional(v.picklist(["continue", "halt"], "must be continue or halt"), "continue"),
      timeout: v.optional(milliseconds(1)),
    }),
    keys,
  ),
  v.transform((rules) => Object.entries(rules).map(([of, rule]) => ({ lane: glob(of), ...rule }))),
);

/** The schema of an option's value. `bounds.ts` decides which values are valid. */
function schemaOf({ bound, type }: Setting): Schema<NodeConfig["options"][string]> {
  const otherwise = ({ input }: { readonly input: unknown }): string => faultIn(bound, input) ?? "is not allowed";
  const one = v.pipe(
    shapeOf(bound, otherwise),
    v.check((value) => faultIn(bound, value) === undefined, otherwise),
  );
  return type === "strings" ? oneOrMore(one as Schema<string>) : one;
}

/** The part of a bound that a JSON Schema can express. Editors use this JSON Schema. */
function shapeOf(bound: Bound, otherwise: (issue: { readonly input: unknown }) => string): Schema<OptionValue> {
  if (bound.kind === "flag") return v.boolean(otherwise);
  if (bound.kind === "choice") return v.picklist(bound.choices, otherwise);
  if (bound.kind === "duration") return v.pipe(v.string(otherwise), v.regex(durationPattern, otherwise));
  if (bound.kind === "wholeNumber") {
    const { least, most } = bound;
    return v.pipe(v.number(otherwise), v.integer(otherwise), v.minValue(least, otherwise), v.maxValue(most, otherwise));
  }
  return v.string(otherwise);
}

type OptionValue = string | number | boolean;

const options = Object.fromEntries(
  Object.entries(settings).map(([option, setting]) => [camelCase(option), v.optional(schemaOf(setting))]),
);

/** The schema of a node's configuration file. Unknown keys are refused, because an unknown key is a mistake. */
export const nodeConfigSchema: Schema<NodeConfig> = v.pipe(
  keyed({
    ...options,
    accept: v.optional(v.array(acceptRule, "must be a list of rules")),
    policy: v.optional(v.array(policyRule, "must be a list of rules"), []),
    lanes: v.optional(laneRules, {}),
  }),
  v.transform(({ accept, policy, lanes, ...rest }) => ({
    options: rest as NodeConfig["options"],
    accept,
    policy,
    lanes,
  })),
);
