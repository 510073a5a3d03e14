/** Says whether a text fits. */
export type Pattern = (text: string) => boolean;

/**
 * A node's name in which `*` stands for any characters, or none, and `?` for one. Neither can stand in a name itself.
 */
export function namePattern(source: string): Pattern {
  return (name) => {
    // The last `*` that was met takes one more character whenever what is behind it does not fit.
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
