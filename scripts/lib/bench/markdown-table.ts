/** A Markdown table, which reads well in a terminal too. */
export function markdownTable(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const all = [head, ...lines];
  const widths = head.map((_cell, at) => Math.max(...all.map((line) => line[at]?.length ?? 0)));
  const text = (line: readonly string[]): string =>
    `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  return [text(head), text(widths.map((width) => "-".repeat(width))), ...lines.map(text)].join("\n");
}
