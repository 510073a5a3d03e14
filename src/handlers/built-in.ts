import type { Handler } from "./define.ts";
import { execHandlers, type ExecSettings } from "./exec.ts";
import type { LogFiles } from "./log-files.ts";
import { logHandlers } from "./log.ts";
import { pingHandler } from "./ping.ts";

/** The handlers that every node has. */
export function builtInHandlers(settings: ExecSettings, logFiles: LogFiles): Handler[] {
  return [...execHandlers(settings), ...logHandlers(logFiles), pingHandler];
}
