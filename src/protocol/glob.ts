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
