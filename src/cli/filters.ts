import type { Filter } from "../client/filter.ts";
import type { ValuesOf } from "../config/options.ts";
import { finalStates, knownStates, type KnownState } from "../protocol/ack.ts";
import { StewardError } from "../protocol/errors.ts";
import { isDay } from "../protocol/schedule.ts";
import { isToken, messageTypes } from "../protocol/subjects.ts";
import { parseDuration, type Duration } from "../util/duration.ts";
import type { Option, Options } from "./command.ts";

/** The options that select messages. All commands that read messages have these options. */
export const selectionOptions: Options<{ node: "strings"; subject: "strings"; type: "string"; id: "strings" }> = {
  node: {
    type: "strings",
    completes: "node",
    describe: "only this node; * matches any characters; may be repeated",
  },
  subject: { type: "strings", completes: "subject", describe: "only this subject, such as exec" },
  type: { type: "string", choices: messageTypes, describe: "only commands, or only events" },
  id: { type: "strings", completes: "id", describe: "only this message, such as 'nightly_*'" },
};

/** Makes a filter from these options. @throws StewardError usage */
export function filterOf(args: ValuesOf<typeof selectionOptions>): Filter & { readonly nodes: readonly string[] } {
  return {
    type: messageTypes.find((type) => type === args.type),
    nodes: patternsOf("node", args.node),
    subject: patternsOf("subject", args.subject),
    id: patternsOf("id", args.id),
  };
}

/** Reads names that are separated by commas or given in repeated options. In a name, `*` matches any characters. */
function patternsOf(option: string, texts: readonly string[] = []): string[] {
  const names = texts.flatMap((text) => text.split(",").map((name) => name.trim()));
  const wrong = names.find((name) => !isToken(name.replaceAll("*", "x")));
  if (wrong === undefined) return names;
  throw new StewardError(
    "usage",
    `--${option} ${wrong}: a name may contain only A-Z a-z 0-9 _ -, and * for any characters`,
  );
}

/** Words that a user can write for several states. */
const classes: Readonly<Record<string, readonly KnownState[]>> = {
  ended: finalStates,
  unsuccessful: finalStates.filter((state) => state !== "succeeded"),
};

export const stateOption: Option<"strings"> = {
  type: "strings",
  choices: [...knownStates, ...Object.keys(classes)],
  describe: "only these states, such as failed,expired; ended and unsuccessful mean several",
};

/** The states of `--state`. Undefined if the option was not given. @throws StewardError usage */
export function statesOf(texts: readonly string[] | undefined): KnownState[] | undefined {
  return texts && [...new Set(texts.flatMap((text) => text.split(",")).flatMap(statesCalled))];
}

function statesCalled(word: string): readonly KnownState[] {
  const found = knownStates.find((state) => state === word);
  if (found !== undefined) return [found];
  if (Object.hasOwn(classes, word)) return classes[word] ?? [];
  throw new StewardError("usage", `--state ${word}: unknown state`);
}

const time = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * The time of an option: `2h` means 2 hours ago, and `2026-01-31T12:00:00Z` is a fixed time.
 * @throws StewardError usage
 */
export function momentOf(option: string, text: string | undefined): Duration | Date | undefined {
  if (text === undefined) return undefined;
  const agoMs = parseDuration(text);
  if (agoMs !== undefined) return `${agoMs}ms`;
  const moment = new Date(time.test(text) ? withZone(text) : Number.NaN);
  if (!Number.isNaN(moment.getTime())) {
    if (isDay(text)) return moment;
    throw new StewardError("usage", `--${option} ${text}: this day does not exist`);
  }
  throw new StewardError("usage", `--${option} ${text} is not a time; write it as 2h (ago) or 2026-01-31T12:00:00Z`);
}

/** Adds UTC to a time without an offset, because all shown times are in UTC. */
function withZone(text: string): string {
  const full = text.replace(" ", "T");
  return full.includes("T") && !/(?:Z|[+-]\d\d:?\d\d)$/i.test(full) ? `${full}Z` : full;
}
