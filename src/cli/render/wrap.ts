/** The width of the help, on all terminals and in files. */
const helpWidth = 80;

/** Breaks a text between words so that no line is longer than `helpWidth`. Each line is indented. */
export function wrap(text: string, indent: number): string {
  const margin = " ".repeat(indent);
  const lines = [margin];
  for (const word of text.split(/ +/)) {
    const line = lines.at(-1) ?? margin;
    if (line === margin) lines[lines.length - 1] = margin + word;
    else if (line.length + 1 + word.length <= helpWidth) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(margin + word);
  }
  return lines.join("\n");
}
