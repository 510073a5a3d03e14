import { createContext, Script } from "node:vm";
import { StewardError } from "../protocol/errors.ts";
import type { Pattern } from "../util/glob.ts";

/**
 * The longest time for matching one text, in milliseconds. Only an expression with runaway backtracking needs more, also on
 * a busy machine: the time counts while other processes run.
 */
const patience = 1000;
const sandbox: { expression?: RegExp; text?: string } = createContext({});
const look = new Script("expression.test(text)");

/**
 * A regular expression that must match the whole text. The pattern throws `notAccepted` when matching takes too long:
 * some expressions would block the daemon for years with a text of 40 characters.
 * @throws SyntaxError
 */
export function regularExpression(source: string): Pattern {
  const expression = new RegExp(`^(?:${source})$`, "u");
  return (text) => {
    Object.assign(sandbox, { expression, text });
    try {
      return look.runInContext(sandbox, { timeout: patience }) === true;
    } catch {
      throw new StewardError("notAccepted", `/${source}/ gave no result within ${patience} ms`);
    }
  };
}
