import type { Logger } from "pino";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { isNotNow } from "../../util/errno.ts";
import { NotNowError, RunError, TerminalError, type DataSchema, type RunContext, type RunResult } from "../define.ts";
import { runRequest, type Answer, type CallRequest, type WireFailure, type WorkerSpec } from "./wire.ts";
import { WorkerProcess, type WorkerSettings } from "./worker-process.ts";

/** How long a process without work is kept, in milliseconds. */
const idleMs = 60_000;
/** How many processes in a row may end before they begin with a call. */
const maxUntaken = 3;

/**
 * The worker of one lane: a process that is started at the first call and serves one call after the other. After it has
 * ended, for whatever reason, a new one is started.
 */
export class LaneWorker {
  readonly #spec: WorkerSpec;
  readonly #settings: WorkerSettings;
  readonly #log: Logger;
  #process: WorkerProcess | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(spec: WorkerSpec, settings: WorkerSettings, log: Logger) {
    this.#spec = spec;
    this.#settings = settings;
    this.#log = log;
  }

  /**
   * Checks a value with the handler's own schema. The result holds the original data: only the thread needs the
   * schema's output. When the system has no room for a process, the value passes, because the run checks it again and
   * may wait for room.
   * @throws StewardError handlerCrashed when its process ended
   */
  async check(value: unknown): Promise<Awaited<ReturnType<DataSchema<readonly string[]>["~standard"]["validate"]>>> {
    try {
      const answer = await this.#call({ kind: "check", data: value });
      if (answer.kind === "checked" && answer.issue !== undefined) return { issues: [{ message: answer.issue }] };
    } catch (error) {
      if (!(error instanceof NotNowError)) throw error;
    }
    return { value: value as readonly string[] };
  }

  /**
   * @throws RunError as the handler's own `run` does, NotNowError when the system has no room for its process,
   * StewardError handlerCrashed when its process ended
   */
  async run(context: RunContext): Promise<RunResult> {
    const answer = await this.#call(runRequest(context), context.signal);
    if (answer.kind === "done") return answer.result;
    if (answer.kind === "failed") throw this.#toError(answer.failure, context.message.id);
    throw new StewardError("handlerCrashed", "the handler's process gave an unexpected answer");
  }

  async #call(request: CallRequest, signal?: AbortSignal): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      clearTimeout(this.#idle);
      const current = (this.#process ??= this.#start());
      const how = await current.call(request, signal, this.#settings.killGraceMs);
      if (current === this.#process && current.calls === 0) this.#keepWarm();
      if (how.kind !== "crashed" && how.kind !== "untaken") return how;
      if (how.kind === "untaken" && how.notNow === true) throw notStarted(how.why);
      if (how.kind === "untaken" && how.loaded && tries < maxUntaken && signal?.aborted !== true) continue;
      throw new StewardError("handlerCrashed", `the handler's process ended: ${how.why}`);
    }
  }

  #start(): WorkerProcess {
    try {
      const started: WorkerProcess = new WorkerProcess(this.#spec, this.#settings, {
        line: (text) => this.#log.info(text),
        ended: (why, idle) => {
          if (this.#process !== started) return;
          this.#process = undefined;
          if (idle)
            this.#log.warn(`the handler's process ended between messages: ${why}; the next message gets a new process`);
        },
      });
      return started;
    } catch (error) {
      throw isNotNow(error) ? notStarted(messageOf(error)) : error;
    }
  }

  /** Ends the process; the next call gets a new one. */
  end(): void {
    const last = this.#process;
    // Removed first: an intended end is not logged.
    this.#process = undefined;
    last?.kill("it is no longer needed");
  }

  #keepWarm(): void {
    this.#idle = setTimeout(() => this.end(), idleMs).unref();
  }

  #toError({ code, message, terminal, notNow = false, result, stack }: WireFailure, id: string): RunError {
    this.#log.debug({ id, stack }, message);
    if (notNow) return new NotNowError(code, message, result);
    return terminal ? new TerminalError(code, message, result) : new RunError(code, message, result);
  }
}

function notStarted(why: string): NotNowError {
  return new NotNowError("handlerCrashed", `the handler's process could not be started: ${why}`);
}
