/**
 * Lines as far as a terminal holds them: what is drawn over must not wrap or scroll away. One that does
 * not know its size says 0.
 */
export function clipped(text: readonly string[], columns: number, rows: number): string[] {
  const width = Math.max(2, columns || 80) - 1;
  const room = Math.max(3, rows || 24) - 1;
  const lines = text.map((line) => line.slice(0, width));
  if (lines.length <= room) return lines;
  const more = `… and ${lines.length - room + 1} more`;
  return [...lines.slice(0, room - 1), more.slice(0, width)];
}
