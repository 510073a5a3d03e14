import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Writable } from "node:stream";
import { findServer } from "../../src/broker/server/find.ts";
import { freePort } from "./nats-server.ts";
import { program } from "./steward.ts";
import { until } from "./until.ts";

/** A command of a page, and the lines under it. */
export interface Example {
  readonly command: string;
  /** The command with what stands for the person at the terminal. */
  readonly typed: string;
  /** What it prints; `…` stands for anything. */
  readonly expected: RegExp;
}

/** The commands of a page's `console` blocks, each with the lines under it; a last one `^C` says that it is ended so. */
export function examples(page: string): Example[] {
  const texts = blocks(page, "console").flatMap((block) => block.split(/^\$ /m).slice(1));
  return texts.map((text) => {
    const [command = "", ...lines] = text.trimEnd().split("\n");
    const output = lines.filter((line) => line !== "^C").join("\n");
    const parts = output.split("…").map((part) => part.replaceAll(/[^\w\s]/g, String.raw`\$&`));
    const expected = new RegExp(`^${parts.join("[^]*")}\\s*$`);
    if (lines.at(-1) === "^C") return { command, typed: `timeout --signal=INT 1 ${command}`, expected };
    // Speaks only to a terminal.
    const onTerminal = command.startsWith("nats stream view");
    return { command, typed: onTerminal ? `script -qc ${quoted(command)} /dev/null | tr -d '\\r'` : command, expected };
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** What an example prints. One that only reads is looked at again, as a person would, until it shows what is expected. */
export async function runExample(shell: Shell, { command, typed, expected }: Example): Promise<string> {
  let printed = await shell.run(typed);
  if (!reads.test(command) || changes.test(command)) return printed;
  for (const deadline = Date.now() + lookAgainFor; !expected.test(printed) && Date.now() < deadline;) {
    printed = await shell.run(typed);
  }
  return printed;
}

const reads = /^(steward (nodes|status)|nats|cat)\b/;
const changes = /^nats (stream (purge|rmm)|consumer (add|rm|pause|resume|next)|kv (put|del)|backup|request)\b/;
const lookAgainFor = 10_000;

/** What stands in the code blocks of one language. */
export function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, "gm"))].map(([, block = ""]) => block);
}

export interface Shell {
  /** What a command line prints, on both streams. */
  run(command: string): Promise<string>;
  /** Ends it and what it runs in the background. */
  end(): Promise<void>;
}

/** Reads command lines from descriptor 3, and ends the output of each with a zero byte. */
const loop = `exec 2>&1
while IFS= read -r -d '' command <&3; do
  (exit "\${code:-0}")
  eval "$command" </dev/null
  code=$?
  printf '\\0'
done`;

/** One shell for all commands, of a user whose home is `home` and who has installed steward. */
export async function startShell(home: string, added: Readonly<Record<string, string>> = {}): Promise<Shell> {
  const port = await freePort();
  const { path } = await findServer();
  writeFileSync(join(home, "steward"), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
  const shell = spawn("bash", ["-c", loop], {
    cwd: home,
    detached: true,
    env: {
      HOME: home,
      PATH: `${home}${delimiter}${process.env["PATH"]}`,
      // Where the broker of the tour is, which has the usual port in the text.
      STEWARD_PORT: String(port),
      NATS_URL: `nats://127.0.0.1:${port}`,
      STEWARD_NATS_SERVER: path,
      ...added,
    },
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const ended = once(shell, "exit");
  let output = "";
  shell.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  const commands = shell.stdio[3] as Writable;
  return {
    run: async (command) => {
      commands.write(`${command}\0`);
      await until(() => output.endsWith("\0"), 15_000, command);
      const printed = output.slice(0, -1);
      output = "";
      return printed;
    },
    end: async () => {
      commands.end("kill $(jobs -p); wait\0");
      const alarm = setTimeout(() => process.kill(-(shell.pid ?? 0), "SIGKILL"), 10_000);
      await ended;
      clearTimeout(alarm);
    },
  };
}

/** True where a program is not on the path. */
export function isMissing(name: string): boolean {
  return spawnSync(name, ["--version"]).error !== undefined;
}
