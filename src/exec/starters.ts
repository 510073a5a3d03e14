import { once } from "node:events";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { atMost } from "../util/at-most.ts";
import { prepareFifos } from "./fifos.ts";
import type { ProgramEnd, ProgramSpec } from "./program.ts";
import { type StartedProgram, Starter } from "./starter.ts";

/** The largest number of starters, even if many lanes run programs. Each starter is a process with a waiting child. */
const most = 4;
/** After this time without a run, the starters are ended. In milliseconds. */
const idleMs = 60_000;
/** A command with more characters than this is started as a plain child. */
const longestText = 64 * 1024;
const checkLimitMs = 5000;

/**
 * Variables that the shell changes, and that are restored for the program. `restoredIfSet` are restored only if they
 * are set.
 */
const restored = ["PWD", "OLDPWD", "SHLVL"];
const restoredIfSet = ["LC_ALL", "TMOUT"];
/** Variables that a shell sets for its programs. No program needs these variables. */
const ignored = new Set(["_"]);
const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Variables with a special meaning in bash. Some of these variables cannot be set, or not to every value. */
const shellsOwn =
  /^(BASH.*|COMP_.*|DIRSTACK|E?UID|EPOCH.*|FUNC.*|GROUPS|HISTCMD|IFS|LINENO|OPT.*|PIPESTATUS|POSIXLY_CORRECT|PPID|S?RANDOM|REPLY|SECONDS|SHELLOPTS)$/;

/**
 * The starters of programs. All have the same environment. The first run starts the first starter. Further starters are
 * started when lanes run at the same time.
 */
export class Starters {
  readonly #env: NodeJS.ProcessEnv;
  readonly #restored: readonly string[];
  #all: Starter[] = [];
  #alarm: NodeJS.Timeout | undefined;
  /** True if no starter was free for the last program. */
  #isShort = false;
  /**
   * True if this system's shell gives programs the right environment and reports the right status; undefined before the
   * check.
   */
  #isFaithful: boolean | undefined;

  /** `env`: the variables that all programs share. */
  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
    this.#restored = [...restored, ...restoredIfSet.filter((name) => env[name] !== undefined)];
  }

  /** The number of starters with a waiting child. */
  get ready(): number {
    return this.#isFaithful === true ? this.#all.filter((starter) => starter.isReady).length : 0;
  }

  /**
   * Starts a program. Undefined if no starter is ready, if the shell may start the program differently than the system,
   * or if `signal` is aborted before the start.
   */
  async start(spec: ProgramSpec, signal?: AbortSignal): Promise<StartedProgram | undefined> {
    const lines = this.#isFaithful === true ? this.#linesFor(spec) : undefined;
    if (lines === undefined) return undefined;
    const starter = this.#all.find(({ isReady }) => isReady) ?? this.#all.find(({ isFree }) => isFree);
    this.#isShort = starter === undefined;
    return starter?.run(...lines, { signal });
  }

  /** Starts one more starter if no starter was free. Call this after each run. */
  refill(): void {
    this.#all = this.#all.filter(({ isGone }) => !isGone);
    if (this.#isFaithful === undefined) void this.#check();
    else if (this.#isFaithful && this.#isShort) this.#startOne();
    this.#isShort = false;
    void prepareFifos();
    this.#alarm ??= setTimeout(() => this.#endAll(), idleMs).unref();
    this.#alarm.refresh();
  }

  #startOne(): Starter | undefined {
    if (this.#all.length >= most) return undefined;
    const starter = Starter.start(this.#env);
    if (starter !== undefined) this.#all.push(starter);
    return starter;
  }

  #endAll(): void {
    for (const starter of this.#all) if (starter.isFree) starter.end();
  }

  /**
   * The lines that set the environment of a program, and its quoted argument vector. Undefined if the shell could start
   * the program differently than the system would.
   */
  #linesFor({ argv, env, cwd }: ProgramSpec): [text: string, command: string] | undefined {
    if (env === undefined || cwd !== undefined || Object.keys(this.#env).some((name) => !(name in env)))
      return undefined;
    const changed = Object.keys(env).filter((name) => this.#env[name] !== env[name]);
    if (changed.some((name) => !identifier.test(name) || shellsOwn.test(name))) return undefined;
    if (!startsByItself(argv[0], env["PATH"])) return undefined;
    const text = [...this.#restored, ...changed].map((name) => setting(name, env[name])).join("");
    const command = argv.map(quoted).join(" ");
    const whole = `${text}${command}`;
    return whole.length > longestText || whole.includes("\0") ? undefined : [text, command];
  }

  /**
   * Checks this system's shell, because shells differ. A shell drops variables whose names it cannot use, and sets
   * other variables.
   */
  async #check(): Promise<void> {
    this.#isFaithful = false;
    const starter = this.#startOne();
    // No starter can be started now. The next check is after the next run.
    if (starter === undefined) return void (this.#isFaithful = undefined);
    const environ = await this.#tried(starter, "cat", "/proc/self/environ");
    const isFaithful =
      isSame(environ.printed, this.#env) &&
      (await this.#tried(starter, "sh", "-c", "exit 141")).exitCode === 141 &&
      (await this.#tried(starter, "sh", "-c", "kill -13 $$")).signal === "SIGPIPE" &&
      (await this.#tried(starter, "sh", "-c", "kill -9 $$")).signal === "SIGKILL";
    if (isFaithful) this.#isFaithful = true;
    else starter.end();
  }

  async #tried(starter: Starter, ...argv: [string, ...string[]]): Promise<Tried> {
    const lines = this.#linesFor({ argv, env: this.#env });
    const program = lines && (await starter.run(...lines, { waitMs: checkLimitMs }));
    let end: ProgramEnd = { exitCode: null, signal: null };
    if (program === undefined) return { ...end, printed: "" };
    const seen: Buffer[] = [];
    program.stdout.on("data", (bytes: Buffer) => void seen.push(bytes));
    program.stderr.resume();
    const closed = Promise.all([program.ended, once(program.stdout, "close")]);
    await atMost(
      checkLimitMs,
      closed.then(([how]) => void (end = how)),
    );
    return { ...end, printed: Buffer.concat(seen).toString() };
  }
}

interface Tried extends ProgramEnd {
  readonly printed: string;
}

function isSame(environ: string, env: NodeJS.ProcessEnv): boolean {
  const given = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  const counts = (variable: string): boolean => !ignored.has(variable.slice(0, variable.indexOf("=")));
  const sorted = (variables: string[]): string => variables.filter(counts).toSorted().join("\0");
  return sorted(environ.split("\0").slice(0, -1)) === sorted(given);
}

function setting(name: string, value: string | undefined): string {
  return value === undefined ? `unset ${name}\n` : `export ${name}=${quoted(value)}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * True if bash starts a program exactly as the system does. A script without `#!` is different: bash reads the script
 * itself, but the system lets `/bin/sh` read the script.
 */
function startsByItself(program: string, path: string | undefined): boolean {
  if (program === "" || program.startsWith("-") || path === undefined || path === "") return false;
  const file = program.includes("/") ? program : firstIn(path, program);
  return file !== undefined && isFile(file) && isOfKnownFormat(file);
}

function firstIn(path: string, program: string): string | undefined {
  return path
    .split(":")
    .map((folder) => join(folder, program))
    .find(isFile);
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false; // a folder of PATH that cannot be entered
  }
}

function isOfKnownFormat(file: string): boolean {
  let opened: number | undefined;
  try {
    opened = openSync(file, "r");
    const start = Buffer.alloc(4);
    readSync(opened, start);
    return start.toString("latin1") === "\u007fELF" || start.toString("latin1", 0, 2) === "#!";
  } catch {
    return false;
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}
