import type { Readable } from "node:stream";

const longestLine = 2000;
const linesPerSecond = 100;

/**
 * Gives the lines of a stream to `give`. A line is cut to 2,000 characters. At most 100 lines are given per second,
 * because a handler that writes without end must not keep the daemon busy. The number of lines left out is reported.
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
      // Only the beginning of a long line is kept.
      rest = ((at > 0 ? "" : rest) + part).slice(0, longestLine);
    }
  });
  stream.on("end", () => {
    if (rest !== "") take(rest);
  });
  // `WorkerProcess` handles the end of the process.
  stream.on("error", () => undefined);
}
