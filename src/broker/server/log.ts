/**
 * One line of nats-server's stderr, without process id and time. The level is `raw` if the line is not in nats-server's
 * log format; a panic is an example.
 */
export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error" | "fatal" | "raw";
  readonly text: string;
}

const levels: Readonly<Record<string, LogLine["level"]>> = {
  TRC: "debug",
  DBG: "debug",
  INF: "info",
  WRN: "warn",
  ERR: "error",
  FTL: "fatal",
};

/** Reads one line that nats-server wrote to stderr. */
export function parseLogLine(line: string): LogLine {
  const [, tag = "", text = line] = /^\[\d+\] \S+ \S+ \[([A-Z]{3})\] (.*)$/.exec(line) ?? [];
  return { level: levels[tag] ?? "raw", text };
}
