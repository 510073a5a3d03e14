/**
 * Cuts lines to the size of a terminal, because lines that are drawn again must not wrap or scroll. `columns` and
 * `rows` are 0 if the terminal does not know its size.
 */
export function clipped(text: readonly string[], columns: number, rows: number): string[] {
  const width = Math.max(2, columns || 80) - 1;
  const room = Math.max(3, rows || 24) - 1;
  const lines = text.map((line) => line.slice(0, width));
  if (lines.length <= room) return lines;
  const more = `… and ${lines.length - room + 1} more`;
  return [...lines.slice(0, room - 1), more.slice(0, width)];
}
