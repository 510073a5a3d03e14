import { once } from "node:events";
import { atMost } from "../util/at-most.ts";
import { prepareFifos } from "./fifos.ts";
import type { ProgramSpec } from "./program.ts";
import { ReadyShell } from "./ready-shell.ts";

/** How many wait at most, however many lanes there are: each is a process of its own. */
const mostIdle = 2;
/** How long one waits, in milliseconds, before it is ended. */
const idleMs = 10_000;
/** Longer commands, in characters, are started in the plain way. */
const longestText = 64 * 1024;
/** What follows sooner, in milliseconds, would wait for the fork, and starts its program itself. */
const pauseMs = 20;
const checkLimitMs = 5000;

/** What a shell may set for whom it starts: the first are set right, the others nobody relies on. */
const mended = ["PWD", "OLDPWD"];
const ignored = new Set(["_", "SHLVL"]);
const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Shells that are started ahead, all with the same environment: when runs have begun, and pause. */
export class ReadyShells {
  readonly #env: NodeJS.ProcessEnv;
  readonly #idle: ReadyShell[] = [];
  #pause: NodeJS.Timeout | undefined;
  #alarm: NodeJS.Timeout | undefined;
  /** Whether programs get from this system's shell the environment that they should. */
  #isTrue: boolean | undefined;

  /** `env`: what all programs have in common. */
  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** How many wait. */
  get idle(): number {
    return this.#idle.length;
  }

  /** A shell that is about to become the program; undefined when there is none, or none that could. */
  take(spec: ProgramSpec): ReadyShell | undefined {
    if (this.#idle.length === 0) return undefined;
    const text = commandText(spec, this.#env);
    if (text === undefined) return undefined;
    for (let shell = this.#idle.shift(); shell !== undefined; shell = this.#idle.shift()) {
      if (shell.become(text)) return shell;
      shell.end();
    }
    return undefined;
  }

  /** To be called after a run: starts another one, once no further run has ended for a moment. */
  refill(): void {
    this.#pause ??= setTimeout(() => this.#startOne(), pauseMs).unref();
    this.#pause.refresh();
  }

  #startOne(): void {
    if (this.#isTrue === undefined) void this.#check();
    if (this.#isTrue !== true || this.#idle.length >= mostIdle) return;
    const shell = ReadyShell.start(this.#env);
    if (shell !== undefined) this.#idle.push(shell);
    void prepareFifos();
    this.#alarm ??= setTimeout(() => this.#endIdle(), idleMs).unref();
    this.#alarm.refresh();
  }

  #endIdle(): void {
    for (const shell of this.#idle.splice(0)) shell.end();
  }

  /** A shell drops variables whose names it cannot use, and sets some by itself. Which ones, one of them tells. */
  async #check(): Promise<void> {
    this.#isTrue = false;
    const shell = ReadyShell.start(this.#env);
    const text = commandText({ argv: ["cat", "/proc/self/environ"], env: this.#env }, this.#env);
    if (text === undefined || shell?.become(text) !== true) return shell?.end();
    const seen: Buffer[] = [];
    shell.stdout.on("data", (bytes: Buffer) => void seen.push(bytes));
    shell.stderr.resume();
    await atMost(
      checkLimitMs,
      once(shell.stdout, "close").then(() => undefined),
    );
    shell.end();
    this.#isTrue = isSame(Buffer.concat(seen).toString(), this.#env);
    if (this.#isTrue) this.refill();
  }
}

function isSame(environ: string, env: NodeJS.ProcessEnv): boolean {
  const given = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  const counts = (variable: string): boolean => !ignored.has(variable.slice(0, variable.indexOf("=")));
  const sorted = (variables: string[]): string => variables.filter(counts).toSorted().join("\0");
  return sorted(environ.split("\0").slice(0, -1)) === sorted(given);
}

/** What tells a shell with the environment `base` what to become; undefined for what a shell could get wrong. */
function commandText({ argv, env, cwd }: ProgramSpec, base: NodeJS.ProcessEnv): string | undefined {
  if (env === undefined || cwd !== undefined || !isFound(argv[0], env["PATH"])) return undefined;
  const changed = Object.keys(env).filter((name) => base[name] !== env[name]);
  if (changed.some((name) => !identifier.test(name)) || Object.keys(base).some((name) => !(name in env)))
    return undefined;
  const variables = [...mended, ...changed].map((name) => setting(name, env[name]));
  const text = `${variables.join("")}set -- ${argv.map(quoted).join(" ")}\n`;
  return text.length > longestText || text.includes("\0") ? undefined : text;
}

function setting(name: string, value: string | undefined): string {
  return value === undefined ? `unset ${name}\n` : `export ${name}=${quoted(value)}\n`;
}

/** Whether a shell's `exec` looks for the program where the system's does; dash gives `%` in PATH a meaning. */
function isFound(program: string, path: string | undefined): boolean {
  if (program === "" || program.startsWith("-")) return false;
  return program.includes("/") || (path !== undefined && path !== "" && !path.includes("%"));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
