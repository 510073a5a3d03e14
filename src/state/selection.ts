import { type Address, canonicalSubject, type MessageType, type Tokens } from "../protocol/subjects.ts";
import { glob } from "../util/glob.ts";

/**
 * Selects messages. A message must match at least one name of each list that is given. In a name, `*` matches any
 * characters.
 */
export interface Selection {
  readonly nodes?: readonly string[];
  readonly subjects?: readonly string[];
  readonly messageType?: MessageType | undefined;
  readonly ids?: readonly string[];
}

/** Returns a function that is true for selected messages. */
export function selects({ nodes, subjects, messageType, ids }: Selection): (address: Address) => boolean {
  const [node, subject, id] = [nodes, subjects, ids].map(anyOf);
  return (address) =>
    (messageType === undefined || address.messageType === messageType) &&
    (node === undefined || node(address.node)) &&
    (id === undefined || id(address.id)) &&
    (subject === undefined || subject(address.subject) || subject(canonicalSubject(address.subject)));
}

/**
 * The fewest subject filters that cover the selection. The broker can only filter by whole names, so a pattern is left
 * out of the filters. A long list of names is left out too, because many filters cost the broker more than they save.
 */
export function tokensOf({ nodes, subjects, messageType, ids }: Selection): Tokens[] {
  // A message for `log` may have been sent with the old name `textLogging` in its NATS subject.
  const names = subjects?.includes("log") === true ? [...subjects, "textLogging"] : subjects;
  let tokens: Tokens[] = [{ messageType }];
  for (const [key, sources] of Object.entries({ node: nodes, subject: names, id: ids })) {
    const whole = sources?.some((source) => source.includes("*")) === true ? [] : [...new Set(sources)];
    if (whole.length === 0 || tokens.length * whole.length > mostFilters) continue;
    tokens = tokens.flatMap((token) => whole.map((name) => ({ ...token, [key]: name })));
  }
  return tokens;
}

const mostFilters = 64;

function anyOf(sources: readonly string[] | undefined): ((text: string) => boolean) | undefined {
  if (sources === undefined || sources.length === 0) return undefined;
  const patterns = sources.map(glob);
  return (text) => patterns.some((fits) => fits(text));
}
