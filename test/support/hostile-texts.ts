import * as v from "valibot";
import { pick, type Random } from "./random.ts";

/** What must never reach a terminal from others; a line feed is one only within a field. */
export const harmful: RegExp = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/u;

const pieces = [
  ..."ab é船 🚢 \t \r \n \u0000 \u0007 \u001B[2J \u001B]0;x\u0007 \u007F \u0085 \u009B31m \u2028 \u202E \u2066 \uFEFF".split(
    " ",
  ),
  "\uD800",
  "\uDC00",
  " ",
  '"',
  "\\",
  "%s",
  "line\nship1  up  0s ago",
];

/** Random text with what a terminal, a reader of lines or a reader of JSON may stumble over. */
export function hostileText(random: Random): string {
  return `\u001B[31m${Array.from({ length: 1 + random(8) }, () => pick(random, pieces)).join("")}`;
}

/** As `hostileText`, for where the operating system takes no zero byte and only UTF-8. */
export function hostileArgument(random: Random): string {
  return hostileText(random).replaceAll("\0", "").toWellFormed();
}

/** What fits where a hostile text does not. */
const plain = ["a", "1s", "2026-01-31T12:00:00Z"];

/**
 * A value that fits a schema, with a hostile text in each field that takes one, whatever fields there are; where it took
 * them is added to `fields`.
 */
export function hostileValue(schema: unknown, random: Random, fields: Set<string>, path: string = ""): unknown {
  const node = schema as Node;
  const child = (inner: unknown, name: string = ""): unknown => hostileValue(inner, random, fields, `${path}${name}`);
  switch (node.type) {
    case "object":
    case "loose_object":
    case "strict_object":
      return Object.fromEntries(
        Object.entries(node.entries ?? {}).map(([key, inner]) => [key, child(inner, `.${key}`)]),
      );
    case "optional":
    case "fallback":
      return child(node.wrapped);
    case "array":
      return [child(node.item, "[]"), child(node.item, "[]")];
    case "record":
      return { [hostileText(random)]: child(node.value, "{}") };
    case "union":
    case "variant":
    case "intersect":
      return child(node.options?.[0]);
    case "lazy":
      return child(node.getter?.());
    case "picklist":
      return pick(random, node.options ?? []);
    case "literal":
      return node.literal;
    case "boolean":
      return false;
    case "number":
      return 1;
    case "string":
      break;
    default:
      throw new Error(`a schema of the type ${node.type} at ${path}: say here what is hostile in it`);
  }
  const text = [hostileText(random), ...plain].find((one) => v.is(schema as v.GenericSchema, one));
  if (text === undefined) throw new Error(`say what fits the schema at ${path}`);
  if (!plain.includes(text)) fields.add(path);
  return text;
}

/** What the kinds of schemas are made of. */
interface Node {
  readonly type: string;
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly wrapped?: unknown;
  readonly item?: unknown;
  readonly value?: unknown;
  readonly options?: readonly unknown[];
  readonly getter?: () => unknown;
  readonly literal?: unknown;
}
