import type { Readable } from "node:stream";

const longestLine = 2000;
const linesPerSecond = 100;

/**
 * Gives the lines of a stream, each cut to 2,000 characters, and at most 100 a second: a handler that writes without
 * end must not keep the daemon busy. What is left out is counted, and told with the next line.
 */
export function forwardConsole(stream: Readable, give: (line: string) => void): void {
  let [rest, left, until, omitted] = ["", linesPerSecond, 0, 0];
  const one = (line: string): void => {
    const now = performance.now();
    if (now >= until) [left, until] = [linesPerSecond, now + 1000];
    if (left-- <= 0) return void (omitted += 1);
    if (omitted > 0) give(`(${omitted} lines left out)`);
    omitted = 0;
    give(line.slice(0, longestLine));
  };
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const [first = "", ...others] = text.split("\n");
    // Of a line that goes on and on the beginning is enough.
    rest = (rest + first).slice(0, longestLine);
    for (const next of others) {
      one(rest);
      rest = next.slice(0, longestLine);
    }
  });
  stream.on("end", () => {
    if (rest !== "") one(rest);
    if (omitted > 0) give(`(${omitted} lines left out)`);
  });
  stream.on("error", () => undefined);
}
