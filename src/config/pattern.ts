import { createContext, Script } from "node:vm";
import { StewardError } from "../protocol/errors.ts";
import type { Pattern } from "../util/glob.ts";

/** How long a regular expression may look at one text, in milliseconds; one that takes longer is of the runaway kind. */
const patience = 100;
const sandbox: { expression?: RegExp; text?: string } = createContext({});
const look = new Script("expression.test(text)");

/**
 * A regular expression, which the whole text must fit. It throws `notAccepted` for a text that it cannot decide on in
 * time: there are expressions that would hold the daemon for years over 40 characters.
 * @throws SyntaxError
 */
export function regularExpression(source: string): Pattern {
  const expression = new RegExp(`^(?:${source})$`, "u");
  return (text) => {
    Object.assign(sandbox, { expression, text });
    try {
      return look.runInContext(sandbox, { timeout: patience }) === true;
    } catch {
      throw new StewardError("notAccepted", `/${source}/ found no answer within ${patience} ms`);
    }
  };
}
