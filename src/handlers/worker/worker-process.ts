import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { signalGroup } from "../../exec/process-group.ts";
import { spawnFailure } from "../../exec/spawn-failure.ts";
import { startFolder } from "../../exec/start-folder.ts";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { isNotNow } from "../../util/errno.ts";
import { onAbort } from "../../util/on-abort.ts";
import { forwardConsole } from "./console-lines.ts";
import type { Answer, CallRequest, Reason, Report, Request, WorkerSpec } from "./wire.ts";

/** The settings that all workers of a daemon share. */
export interface WorkerSettings {
  /** The time between the abort of a run and the end of its process, in milliseconds. */
  readonly killGraceMs: number;
  /** The environment of the processes: the daemon's environment without secrets. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The end of a call. Either the thread answered, or the process ended during the call (`crashed`) or before the call
 * had begun (`untaken`).
 */
export type CallEnd =
  | Answer
  | { readonly kind: "crashed"; readonly why: string }
  | { readonly kind: "untaken"; readonly why: string; readonly loaded: boolean; readonly notNow?: boolean };

interface Call {
  taken: boolean;
  readonly alarm: NodeJS.Timeout;
  readonly end: (how: CallEnd) => void;
}

export interface WorkerEvents {
  /** A line that a handler has written to its console. */
  readonly line: (text: string) => void;
  readonly report?: (report: Report) => void;
  /** Called once. `idle`: the handler was loaded and no call had begun, so no message ends with this error. */
  readonly ended: (why: string, idle: boolean) => void;
}

/** The path of the process's program. It is in the folder of the bundled program, see scripts/build.mjs. */
const program = fileURLToPath(new URL("../handler-process.js", import.meta.url));
/** The longest time for loading a file, in milliseconds. */
const loadLimitMs = 10_000;
/**
 * The longest time in which a call must begin if no other call runs, and in which a schema must answer. In
 * milliseconds.
 */
const answerLimitMs = 5000;
/** The longest time for the end of a killed process, in milliseconds. */
const killWaitMs = 1000;

/** One process in which a user's handler runs. No method rejects: every call resolves to a `CallEnd`. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #events: WorkerEvents;
  readonly #calls = new Map<number, Call>();
  readonly #loading: NodeJS.Timeout;
  #count = 0;
  #loaded = false;
  #over = false;
  #why: string | undefined;
  /** True if the system had no room to start the process. */
  #notNow = false;

  constructor(spec: WorkerSpec, { env }: WorkerSettings, events: WorkerEvents) {
    this.#events = events;
    const cwd = startFolder();
    this.#child = fork(program, [JSON.stringify(spec)], {
      env,
      ...(cwd === undefined ? {} : { cwd }),
      execArgv: [],
      // The process gets its own process group. Processes that the handler starts are in this group too.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#loading = setTimeout(() => this.kill(`it was not loaded within ${loadLimitMs / 1000} s`), loadLimitMs);
    for (const stream of [this.#child.stdout, this.#child.stderr]) if (stream) forwardConsole(stream, events.line);
    this.#child.on("message", (report) => this.#hear(report as Report | null));
    this.#child.on("error", (error) => {
      this.#notNow ||= isNotNow(error);
      this.kill(this.#child.pid === undefined ? spawnFailure(error, process.execPath, cwd).message : error.message);
    });
    this.#child.once("exit", () => this.#killGroup());
    // The last reports may arrive after the exit of the process, but not after the disconnect.
    this.#child.once("disconnect", () => this.#endAfterExit());
  }

  /** The number of calls that have not ended. */
  get calls(): number {
    return this.#calls.size;
  }

  /**
   * Sends a request to the thread. If `signal` is aborted, the abort is sent too. If the call has not ended `graceMs`
   * later, the process is ended.
   */
  async call(request: CallRequest, signal: AbortSignal | undefined, graceMs: number): Promise<CallEnd> {
    if (this.#over) return this.#untaken(this.#why ?? "");
    const number = ++this.#count;
    let grace: NodeJS.Timeout | undefined;
    const abort = (): void => {
      this.#send({ kind: "abort", call: number, reason: reasonOf(signal?.reason) });
      grace = setTimeout(() => this.kill("a run did not end after its abort"), graceMs);
    };
    const alarm = setInterval(() => this.#lookAt(number, request.kind), answerLimitMs);
    const ended = new Promise<CallEnd>((end) => this.#calls.set(number, { taken: false, alarm, end }));
    this.#send({ ...request, call: number });
    const forget = onAbort(signal, abort);
    const how = await ended;
    clearInterval(alarm);
    clearTimeout(grace);
    forget();
    return how;
  }

  /** Ends the process at once, and all processes that the handler has started. */
  kill(why: string): void {
    this.#why ??= why;
    if (!this.#exited()) this.#killGroup();
    setTimeout(() => this.#end(why), killWaitMs).unref();
  }

  #hear(report: Report | null): void {
    switch (report?.kind) {
      case "ready":
        this.#loaded = true;
        clearTimeout(this.#loading);
        break;
      case "ended":
        this.#why ??= report.why;
        break;
      case "fault":
        this.kill(report.message);
        break;
      case "taken": {
        const call = this.#calls.get(report.call);
        if (call === undefined) break;
        call.taken = true;
        call.alarm.refresh();
        break;
      }
      case "checked":
      case "done":
      case "failed":
        this.#calls.get(report.call)?.end(report);
        this.#calls.delete(report.call);
        break;
      case "loading":
        this.#loading.refresh();
        break;
      case "found":
      case undefined:
    }
    if (report !== null) this.#events.report?.(report);
  }

  /**
   * Ends the process if a check takes too long, or if a call does not begin. A run needs no limit here, because the
   * message's timeout ends the run.
   */
  #lookAt(number: number, kind: CallRequest["kind"]): void {
    const call = this.#calls.get(number);
    if (call === undefined || !this.#loaded) return;
    if (call.taken && kind === "check") this.kill("its schema did not answer");
    // If another call has begun, its run may block the thread. The timeout of that run ends it.
    if (!call.taken && !this.#anyTaken()) this.kill("work left by an earlier message blocked it");
  }

  #anyTaken(): boolean {
    return [...this.#calls.values()].some(({ taken }) => taken);
  }

  #send(request: Request): void {
    // If the request cannot be sent, the process is ending. The end of the process ends the call.
    if (this.#child.connected) this.#child.send(request, () => undefined);
  }

  #endAfterExit(): void {
    const end = (): void => this.#end(exitOf(this.#child));
    if (this.#exited()) return end();
    this.#child.once("exit", end);
    // A process that has closed its channel cannot be used, even if it is still alive.
    setTimeout(() => this.kill("its channel was closed"), killWaitMs).unref();
  }

  #exited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #killGroup(): void {
    if (this.#child.pid !== undefined) signalGroup(this.#child.pid, "SIGKILL");
  }

  #untaken(why: string): CallEnd {
    return { kind: "untaken", why, loaded: this.#loaded, notNow: this.#notNow };
  }

  #end(why: string): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#loading);
    this.#why ??= why;
    const idle = this.#loaded && !this.#anyTaken();
    for (const { taken, end } of this.#calls.values()) {
      end(taken ? { kind: "crashed", why: this.#why } : this.#untaken(this.#why));
    }
    this.#calls.clear();
    this.#events.ended(this.#why, idle);
  }
}

function exitOf({ exitCode, signalCode }: ChildProcess): string {
  if (signalCode === "SIGABRT") return "SIGABRT, with which Node ends when memory is used up";
  return signalCode ?? `exit code ${exitCode}`;
}

function reasonOf(reason: unknown): Reason {
  return { code: reason instanceof StewardError ? reason.code : undefined, message: messageOf(reason) };
}
