import type { Readable } from "node:stream";

const longestLine = 2000;
const linesPerSecond = 100;

/**
 * Passes on the lines of a stream, each cut to 2,000 characters, and at most 100 a second: a handler that writes
 * without end must not keep the daemon busy. Lines that are left out are counted and reported.
 */
export function forwardConsole(stream: Readable, give: (line: string) => void): void {
  let [rest, left, omitted] = ["", linesPerSecond, 0];
  let second: NodeJS.Timeout | undefined;
  const reportOmitted = (): void => {
    if (omitted > 0) give(`(${omitted} lines left out)`);
    [left, omitted, second] = [linesPerSecond, 0, undefined];
  };
  const take = (line: string): void => {
    second ??= setTimeout(reportOmitted, 1000);
    if (left > 0) give(line);
    else omitted += 1;
    left -= 1;
  };
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    for (const [at, part] of text.split("\n").entries()) {
      if (at > 0) take(rest);
      // The beginning of an endless line is enough.
      rest = ((at > 0 ? "" : rest) + part).slice(0, longestLine);
    }
  });
  stream.on("end", () => {
    if (rest !== "") take(rest);
  });
  // The end of its process is noticed elsewhere.
  stream.on("error", () => undefined);
}
