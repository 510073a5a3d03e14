/**
 * The known name that is most similar to a mistyped name. A name is similar if at most a third of its letters must be
 * added, removed, replaced, or swapped with the next letter. Undefined if no known name is similar. Capital letters
 * count as small letters.
 */
export function closest(name: string, known: Iterable<string>): string | undefined {
  const typed = name.toLowerCase();
  let found: string | undefined;
  let least = Infinity;
  for (const candidate of known) {
    const most = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3));
    if (Math.abs(name.length - candidate.length) > most) continue;
    const distance = editDistance(typed, candidate.toLowerCase());
    if (distance <= most && distance < least) [found, least] = [candidate, distance];
  }
  return found;
}

/** The number of letters to add, remove, replace, or swap with the next letter, to change `from` into `to`. */
function editDistance(from: string, to: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let at = 1, left = row; at <= to.length; at++) {
      const replaced = from[row - 1] === to[at - 1] ? 0 : 1;
      const isSwapped = from[row - 1] === to[at - 2] && from[row - 2] === to[at - 1];
      left = Math.min(
        left + 1,
        far(last, at) + 1,
        far(last, at - 1) + replaced,
        isSwapped ? far(beforeLast, at - 2) + 1 : Infinity,
      );
      current.push(left);
    }
    [beforeLast, last] = [last, current];
  }
  return far(last, to.length);
}

function far(row: readonly number[], at: number): number {
  return row[at] ?? Infinity;
}
