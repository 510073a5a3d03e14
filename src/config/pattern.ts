import { createContext, Script } from "node:vm";
import { StewardError } from "../protocol/errors.ts";

/** Says whether a text fits. */
export type Pattern = (text: string) => boolean;

/** A text in which `*` stands for any characters, or none; everything else means itself. */
export function glob(source: string): Pattern {
  const [first = "", ...rest] = source.split("*");
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  // Piece after piece, and not as a regular expression, which with several `*` takes for ever on a long text.
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    const inner = text.slice(first.length, text.length - last.length);
    let at = 0;
    for (const piece of rest) {
      const found = inner.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return true;
  };
}

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
