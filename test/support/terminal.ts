import { spawn } from "node:child_process";
import { once } from "node:events";

/** What a command showed on a terminal, with all control characters, and its exit code. */
export interface TerminalRun {
  readonly code: number | null;
  readonly shown: string;
}

/**
 * Runs a line of a shell on a pseudo-terminal; `typed` is what somebody types, with a carriage return for each Enter.
 * The environment is this process's with what is added.
 */
export async function onTerminal(
  line: string,
  env: Readonly<Record<string, string>>,
  typed: string = "",
): Promise<TerminalRun> {
  const child = spawn("script", ["--quiet", "--return", "--flush", "--command", line, "/dev/null"], {
    env: { ...process.env, SHELL: "/bin/sh", TERM: "xterm", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    // Only when it is asked for, as a person would.
    if (typed !== "" && Buffer.concat(chunks).includes("[y/N]")) {
      child.stdin.write(typed);
      typed = "";
    }
  });
  const [code] = (await once(child, "close")) as [number | null];
  child.stdin.destroy();
  return { code, shown: Buffer.concat(chunks).toString() };
}
