import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { randomBytes } from "node:crypto";
import { Socket } from "node:net";
import { constants } from "node:os";
import { atMost } from "../util/at-most.ts";
import { CommandChannel } from "./command-channel.ts";
import { killGroup } from "./kill-group.ts";
import { type OutputPipes, outputPipesIfAny } from "./output-pipes.ts";
import { processStat } from "./process-stat.ts";
import type { Program, ProgramEnd } from "./program.ts";

/** A running program, and the promise for its end. */
interface Run {
  /** The process. `isRefused` is true if the process could not open its output. */
  readonly child: { readonly pid: number; isRefused: boolean };
  readonly pipes: OutputPipes;
  readonly ended: Promise<ProgramEnd>;
  readonly resolve: (end: ProgramEnd) => void;
}

/** A program that a starter has started. */
export interface StartedProgram extends Program {
  /** If the program could not be executed, its stderr begins with this name. No other process knows this name. */
  readonly name: string;
  /** True if the child could not even open its output, so that nothing was executed. Call this after the end. */
  readonly isRefused: () => boolean;
}

interface WaitOptions {
  /** If the signal is aborted, nothing is started. */
  readonly signal?: AbortSignal | undefined;
  /** The longest wait for a child, in milliseconds. */
  readonly waitMs?: number | undefined;
}

/**
 * The longest wait of a run for the next child, in milliseconds. Starting the program as a plain child takes no longer.
 */
const readyLimitMs = 20;
/** The longest wait for the last report of a killed shell, in milliseconds. */
const lastReportMs = 50;

/**
 * The shell forks a child in a separate process group (`set -m`). During the wait, `set +m` keeps the shell from
 * reacting to a stopped program. The child reports its pid (`R`), and waits for a line with this pid, or for the end of
 * the daemon. A line with another pid was for an earlier child, which was killed before it read the line; it is
 * skipped. After its line, the child executes the commands in file 5, and thereby becomes the program. `X` reports that
 * this failed. The shell collects the child, reports its end (`jobs -l`, then `E` with the status), and forks the next
 * child. The shell ends when nobody can read its reports. `-p` keeps the shell from reading settings of other users.
 */
const script = `((BASH_VERSINFO[0] >= 5)) || exit
LC_ALL=C
unset TMOUT
child() {
  trap - TERM INT HUP QUIT
  echo "R $BASHPID"
  until read -r || exit; [[ $REPLY = $BASHPID ]]; do :; done
  REPLY=
  read -rd '' REPLY 0</proc/self/fd/5
}
exec 2>&1
trap '' TERM INT HUP QUIT
trap 'jobs -l' CHLD
while :; do
  set -m
  ( child; eval "$REPLY"; echo X; exit 1 ) &
  set +m
  wait $!
  echo "E $?"
done`;

/**
 * A small shell that starts programs, one after the other. A fork of the daemon's process takes 1 to 5 ms, and blocks
 * the daemon for this time. A fork of the shell takes 0.2 ms on another core, and happens before a program has to run.
 */
export class Starter {
  /** Its pid. */
  readonly #shell: number | undefined;
  readonly #channel: CommandChannel;
  readonly #reports: Socket;
  #text = "";
  /** The last line of the shell that is not a report with `R`, `E` or `X`: a line of `jobs -l`. */
  #lastLine = "";
  /** The pid of the waiting child. */
  #waiting: number | undefined;
  #run: Run | undefined;
  #isReserved = false;
  #isGone = false;
  #wake: (() => void) | undefined;

  private constructor(shell: ChildProcess, channel: CommandChannel, reports: Socket) {
    this.#shell = shell.pid;
    this.#channel = channel;
    this.#reports = reports;
    reports.on("data", (bytes: Buffer) => this.#read(bytes.toString("latin1")));
    shell.once("exit", () => void this.#onGone());
    shell.unref();
    this.#keepAlive("unref");
  }

  /** Starts a shell. Undefined if the system cannot start a shell now. */
  static start(env: NodeJS.ProcessEnv): Starter | undefined {
    let channel: CommandChannel | undefined;
    try {
      channel = new CommandChannel();
      const stdio: StdioOptions = [channel.shellsEnd, "pipe", "ignore", "ignore", "ignore", channel.file];
      const shell = spawn("bash", ["-p", "-c", script, "steward-starter"], { env, detached: true, stdio });
      shell.once("error", () => undefined); // `pid` is undefined then
      if (shell.pid === undefined || !(shell.stdout instanceof Socket)) throw new Error("the system starts no shell");
      channel.given();
      return new Starter(shell, channel, shell.stdout);
    } catch {
      channel?.given();
      channel?.close();
      return undefined;
    }
  }

  /** True if this starter still works, and no run uses this starter. */
  get isFree(): boolean {
    return !this.#isReserved && !this.#isGone;
  }

  /** True if the starter is free, and a child is waiting. */
  get isReady(): boolean {
    return this.isFree && this.#waiting !== undefined;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /**
   * Starts a program. `text` contains lines that set the environment. `command` is a quoted argument vector. Undefined
   * if the starter cannot start the program now; in this case nothing has run.
   */
  async run(
    text: string,
    command: string,
    { signal, waitMs = readyLimitMs }: WaitOptions,
  ): Promise<StartedProgram | undefined> {
    this.#isReserved = true;
    const pid = this.#waiting ?? (await this.#untilReady(waitMs));
    const program = pid === undefined || signal?.aborted ? undefined : this.#become(pid, text, command);
    if (program === undefined) this.#isReserved = false;
    return program;
  }

  /**
   * Ends the starter. No run may be in progress. The waiting child ends first, so that the shell can collect the child.
   */
  end(): void {
    this.#isGone = true;
    this.#channel.close();
    this.#reports.destroy();
  }

  #become(pid: number, text: string, command: string): StartedProgram | undefined {
    const pipes = this.#isAlive(pid) ? outputPipesIfAny("unopened") : undefined;
    if (pipes === undefined) return undefined;
    const name = `steward-${randomBytes(12).toString("hex")}`;
    const [out, err] = [pipes.stdout.writer, pipes.stderr.writer].map((file) => `/proc/${process.pid}/fd/${file}`);
    const whole = `BASH_ARGV0=${name}
${text}exec -- ${command} 0</dev/null 1>${out} 2>${err} 5>&-
`;
    if (!this.#channel.send(whole, pid)) {
      pipes.discard();
      this.end();
      return undefined;
    }
    this.#waiting = undefined;
    this.#keepAlive("ref");
    const child = { pid, isRefused: false };
    let resolve: Run["resolve"] = () => {};
    const ended = new Promise<ProgramEnd>((end) => (resolve = end));
    this.#run = { child, pipes, ended, resolve };
    return {
      pid,
      name,
      stdout: pipes.stdout.reader,
      stderr: pipes.stderr.reader,
      ended,
      isRefused: () => child.isRefused,
      leave: () => {
        if (this.#run === undefined || this.#run.child === child) this.#keepAlive("unref");
      },
    };
  }

  #untilReady(limitMs: number): Promise<number | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), limitMs);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve(this.#isGone ? undefined : this.#waiting);
      };
    });
  }

  #read(text: string): void {
    const lines = (this.#text + text).split("\n");
    this.#text = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("R ")) this.#onReady(Number(line.slice(2)));
      else if (line.startsWith("E ")) this.#onEnd(Number(line.slice(2)));
      else if (line === "X") this.#onRefused();
      else this.#lastLine = line;
    }
  }

  #onReady(pid: number): void {
    this.#waiting = pid;
    this.#wake?.();
  }

  #onRefused(): void {
    if (this.#run !== undefined) this.#run.child.isRefused = true;
  }

  #onEnd(status: number): void {
    const run = this.#run;
    // Either the waiting child was killed, or the system has no room to fork a child.
    if (run === undefined) {
      if (this.#waiting === undefined) this.end();
      this.#waiting = undefined;
      return;
    }
    this.#over(run, endOf(status, this.#lastLine));
    this.#lastLine = "";
  }

  #over(run: Run, end: ProgramEnd): void {
    this.#run = undefined;
    this.#isReserved = false;
    this.#keepAlive("unref");
    run.pipes.given();
    run.resolve(end);
  }

  /**
   * The shell has ended, so the program's end can no longer be known. The program is killed, and SIGKILL is reported.
   */
  async #onGone(): Promise<void> {
    this.#isGone = true;
    const run = this.#run;
    // The shell's last report may not be read yet.
    if (run !== undefined)
      await atMost(
        lastReportMs,
        run.ended.then(() => undefined),
      );
    if (run !== undefined && run === this.#run) await killGroup(run.child.pid, 0);
    if (run !== undefined && run === this.#run) this.#over(run, { exitCode: null, signal: "SIGKILL" });
    this.end();
    this.#wake?.();
  }

  /**
   * True if the waiting child and the shell are alive. They may have been killed without a report so far. If the system
   * has no room to answer, the child counts as dead.
   */
  #isAlive(pid: number): boolean {
    try {
      const stat = processStat(pid);
      return stat?.alive === true && stat.parent === this.#shell;
    } catch {
      return false;
    }
  }

  #keepAlive(how: "ref" | "unref"): void {
    this.#reports[how]();
  }
}

/**
 * The end of a program, from the shell's reports. A shell reports the same status for exit code 137 and for SIGKILL.
 * The line of `jobs -l` shows the difference: "Exit 137" or "Killed".
 */
function endOf(status: number, lastLine: string): ProgramEnd {
  const number = status - 128;
  const isExit =
    number < 1 || number > lastSignal || lastLine === "" || /^\[\d+\]\S*\s+\d+ (Exit|Done)\b/.test(lastLine);
  return isExit ? { exitCode: status, signal: null } : { exitCode: null, signal: signalName(number) };
}

const lastSignal = 64;
const names = new Map(
  Object.entries(constants.signals)
    .toReversed()
    .map(([name, number]) => [number, name]),
);

function signalName(number: number): string {
  return names.get(number) ?? `signal ${number}`;
}
