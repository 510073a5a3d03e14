import type { Logger } from "pino";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { isNotNow } from "../../util/errno.ts";
import { NotNowError, RunError, TerminalError, type DataSchema, type RunContext, type RunResult } from "../define.ts";
import { runRequest, type Answer, type CallRequest, type WireFailure, type WorkerSpec } from "./wire.ts";
import { WorkerProcess, type WorkerSettings } from "./worker-process.ts";

/** A process without work is ended after this time, in milliseconds. */
const idleMs = 60_000;
/** The largest number of tries for a call, if each process ends before the call begins. */
const maxUntaken = 3;

/**
 * The worker of one lane. A process is started at the first call, and is used for the following calls. If the process
 * has ended, the next call starts a new process.
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
   * Checks a value with the handler's own schema. The result contains the original data; the schema's output stays in
   * the thread. If the system has no room for a process, the value is accepted, because the run checks the value again
   * and may wait for room.
   * @throws StewardError handlerCrashed if the process ended
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
   * @throws RunError as the handler's own `run` does, NotNowError if the system has no room for the process,
   * StewardError handlerCrashed if the process ended
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

  /** Ends the process. The next call gets a new process. */
  end(): void {
    const last = this.#process;
    // The process is removed from the field before it is ended, so that this intended end is not logged.
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
