/** Returns true if a text matches. */
export type Pattern = (text: string) => boolean;

/**
 * A pattern for node names. `*` matches any characters, or none; `?` matches one character. A node name itself contains
 * neither `*` nor `?`.
 */
export function namePattern(source: string): Pattern {
  return (name) => {
    // When the rest does not match, the last `*` takes one more character.
    let [at, place, star, taken] = [0, 0, -1, 0];
    while (at < name.length) {
      if (source[place] === "*") [star, taken, place] = [place, at, place + 1];
      else if (source[place] === "?" || source[place] === name[at]) [at, place] = [at + 1, place + 1];
      else if (star < 0) return false;
      else [taken, at, place] = [taken + 1, taken + 1, star + 1];
    }
    return /^\**$/.test(source.slice(place));
  };
}

/** A pattern. `*` matches any characters, or none; all other characters match themselves. */
export function glob(source: string): Pattern {
  const [first = "", ...rest] = source.split("*");
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  // Compares piece by piece. A regular expression with several `*` would take very long on a long text.
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
