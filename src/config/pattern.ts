import { createContext, Script } from "node:vm";
import { StewardError } from "../protocol/errors.ts";
import type { Pattern } from "../util/glob.ts";

/**
 * The longest time for matching one text, in milliseconds. The time continues while other processes run. Even on a busy
 * machine, only an expression with extreme backtracking needs more time.
 */
const patience = 1000;
const sandbox: { expression?: RegExp; text?: string } = createContext({});
const look = new Script("expression.test(text)");

/**
 * A pattern from a regular expression. The expression must match the whole text. The pattern throws `notAccepted` if
 * matching takes too long, because some expressions would block the daemon for years with a text of 40 characters.
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
