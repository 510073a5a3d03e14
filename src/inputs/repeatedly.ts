import type { Logger } from "pino";
import { messageOf } from "../protocol/errors.ts";
import { errnoOf } from "../util/errno.ts";

/**
 * Runs an action once. The caller runs it again and again. Resolves to undefined after a failure. If the same failure
 * occurs again, it is not logged again until the action has succeeded.
 */
export type Repeatedly = <Result>(what: string, action: () => Promise<Result>) => Promise<Result | undefined>;

/**
 * If an action has not been tried for this number of milliseconds, its failure is forgotten, because its file was
 * removed.
 */
const forgottenAfter = 5000;

/**
 * Errors after an abort of `signal` are not logged. `onTrouble` is called after each try. While an action fails because
 * of an error of the system, `onTrouble` gets that error.
 */
export function createRepeatedly(
  log: Logger,
  signal: AbortSignal,
  onTrouble: (error?: Error) => void = () => {},
): Repeatedly {
  const logged = new Map<string, string>();
  const failing = new Map<string, { readonly error: Error; readonly at: number }>();
  const reportTrouble = (): void => {
    for (const [what, { at }] of failing) {
      if (performance.now() - at < forgottenAfter) continue;
      failing.delete(what);
      logged.delete(what);
    }
    const [first] = failing.values();
    onTrouble(first?.error);
  };
  return async (what, action) => {
    try {
      const result = await action();
      if (logged.delete(what)) log.info(`inbox: can ${what} again`);
      failing.delete(what);
      return result;
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : messageOf(error);
      if (!signal.aborted && logged.get(what) !== code) {
        const advice = /^(?:EACCES|EPERM|EROFS)$/.test(code) ? "; let this user read it and write in its folder" : "";
        log.error(`inbox: cannot ${what}: ${messageOf(error)}${advice}; trying again every second`);
        logged.set(what, code);
      }
      if (error instanceof Error && errnoOf(error) !== "") failing.set(what, { error, at: performance.now() });
      return undefined;
    } finally {
      if (!signal.aborted) reportTrouble();
    }
  };
}
