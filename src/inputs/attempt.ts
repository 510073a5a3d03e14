import type { Logger } from "pino";
import { messageOf } from "../protocol/errors.ts";

/** Does what is tried again and again. A failure resolves to undefined, and is told once, until it works again. */
export type Attempt = <Result>(what: string, action: () => Promise<Result>) => Promise<Result | undefined>;

/** The errors that follow an abort of `signal` are not told. */
export function createAttempt(log: Logger, signal: AbortSignal): Attempt {
  const told = new Map<string, string>();
  return async (what, action) => {
    try {
      const result = await action();
      if (told.delete(what)) log.info(`inbox: can ${what} again`);
      return result;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : messageOf(error);
      if (!signal.aborted && told.get(what) !== code) {
        const advice = /^(?:EACCES|EPERM|EROFS)$/.test(code) ? "; let this user read it and write in its folder" : "";
        log.error(`inbox: cannot ${what}: ${messageOf(error)}${advice}; it is tried again every second`);
        told.set(what, code);
      }
      return undefined;
    }
  };
}
