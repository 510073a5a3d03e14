import { impactOf } from "./command.ts";
import { commands } from "./commands/index.ts";
import { unknownCommand } from "./help.ts";
import { parseCommandLine } from "./parse.ts";
import { resolveSettings } from "./settings.ts";

/** The result of a command. `code` is the exit code. `reads` is true if the command only produced output. */
export interface Ended {
  readonly code: number;
  readonly reads: boolean;
}

/**
 * Parses a command line and runs its command.
 * @throws StewardError usage for an invalid command line, and the errors of the command
 */
export async function runCommandLine(words: readonly string[]): Promise<Ended> {
  const { command, parsed } = parseCommandLine(words);
  const loaded = await commands[command.name]?.();
  if (loaded === undefined) throw unknownCommand(command.name);
  const reads = impactOf(loaded, parsed) === "reads" && loaded.endsAsMessages !== true;
  if (loaded.settles === true) return { code: await loaded.run(parsed), reads };
  // Services and set-up commands take all options from variables and the configuration file too. All other commands
  // take most options only from the command line.
  const isConfigured = command.group === "run" || command.group === "set up";
  const mayBeElsewhere = isConfigured ? () => true : undefined;
  const { args } = await resolveSettings(parsed, command.options ?? {}, process.env, mayBeElsewhere);
  return { code: await loaded.run(args), reads };
}
