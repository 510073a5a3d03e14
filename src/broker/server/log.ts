/** One line of nats-server's log, without process id and time. */
export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error" | "fatal";
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

/** Reads one line of nats-server's stderr. What is not in its log format (a usage text, a panic) counts as an error. */
export function parseLogLine(line: string): LogLine {
  const match = /^\[\d+\] \S+ \S+ \[([A-Z]{3})\] (.*)$/.exec(line);
  return { level: levels[match?.[1] ?? ""] ?? "error", text: match?.[2] ?? line };
}
