import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { StewardError } from "../../protocol/errors.ts";
import { parseLogLine, type LogLine } from "./log.ts";

export interface ServerProcess {
  /** The process id of nats-server itself. */
  readonly pid: number;
  /** Resolves when the server takes connections; rejects with the reason when it ends before that. */
  readonly ready: Promise<void>;
  /** Resolves, when the server has ended, with how: one short phrase, its last complaint included. */
  readonly ended: Promise<string>;
  readonly signal: (signal: NodeJS.Signals) => void;
}

export interface ServerProcessOptions {
  readonly binary: string;
  readonly configFile: string;
  /** A file descriptor that the server keeps open for its whole life: the lock of its store. */
  readonly lock?: number;
  readonly onLine?: (line: LogLine) => void;
}

/**
 * The guard: a subshell waits for the end of a pipe that only Steward's process holds, and ends the server then;
 * the shell itself becomes the server. So the child's pid is the server's, and a `kill -9` of Steward orphans nobody.
 * The subshell stays in the process group that bears the server's pid, so that number cannot pass to a stranger.
 */
const guard = `
  ( read -r _; kill -TERM $$ && sleep 1 && kill -KILL $$ ) <&3 4>&- >/dev/null 2>&1 &
  exec "$@" 3<&-
`;

/** Starts nats-server under its guard, in a session of its own: a terminal's Ctrl-C goes to Steward, which stops it in order. */
export function startServerProcess(options: ServerProcessOptions): ServerProcess {
  const child = spawn("/bin/sh", ["-c", guard, "nats-server", options.binary, "-c", options.configFile], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe", "pipe", options.lock ?? "ignore"],
  });
  let complaint = "";
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", () => child.stdio[3]?.destroy());
    child.once("close", (code, signal) => {
      resolve([signal ?? `exit code ${code}`, complaint].filter(Boolean).join(": "));
    });
  });
  const ready = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr! }).on("line", (text) => {
      const line = parseLogLine(text);
      if (line.level === "error" || line.level === "fatal") complaint = line.text;
      if (line.text === "Server is ready") resolve();
      options.onLine?.(line);
    });
    void ended.then((how) => reject(new StewardError("serverFailed", `nats-server ended before it was ready: ${how}`)));
  });
  ready.catch(() => {});
  return { pid: child.pid ?? 0, ready, ended, signal: (signal) => void child.kill(signal) };
}
