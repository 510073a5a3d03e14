import { join } from "node:path";
import type { Handler } from "./define.ts";
import { execHandlers, type ExecSettings } from "./exec.ts";
import { LogFiles } from "./log-files.ts";
import { logHandlers } from "./log.ts";
import { pingHandler } from "./ping.ts";

export interface BuiltInSettings extends Omit<ExecSettings, "killGraceMs"> {
  readonly dataDir: string;
  readonly killGrace: number;
}

/** The handlers that every node has. `warn` is called for a fault after which the message still succeeds. */
export function builtInHandlers(
  { dataDir, killGrace, ...exec }: BuiltInSettings,
  warn: (text: string) => void,
): Handler[] {
  const logFiles = new LogFiles(join(dataDir, "log"), { warn });
  return [...execHandlers({ ...exec, killGraceMs: killGrace }), ...logHandlers(logFiles), pingHandler];
}
