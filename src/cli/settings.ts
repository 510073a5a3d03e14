import { layeredSettings, type Settings } from "../config/settings.ts";
import type { Arguments, Option, Options } from "./command.ts";
import { globalOptions } from "./global-options.ts";

export type { Settings };

/**
 * The settings of a command. Typed options have precedence over the environment, and the environment has precedence
 * over the configuration file.
 * @throws StewardError as `layeredSettings`
 */
export function resolveSettings<Args extends Arguments>(
  typed: Args,
  options: Options,
  env: NodeJS.ProcessEnv,
  mayBeElsewhere: (name: string, option: Option | undefined) => boolean = isOperators,
): Promise<Settings<Args>> {
  const known: Options = { ...globalOptions, ...options };
  return layeredSettings(typed, {
    options: known,
    env,
    mayBeElsewhere: (name) => mayBeElsewhere(name, known[name]),
    called: (name) => `--${name}`,
  });
}

/**
 * True for the options that an operator's command also reads from the environment and the file: the global options, and
 * the options with a `bound`. All other options are read only from the command line, because a forgotten variable must
 * not select nodes or messages, or skip a question. Most options in the file are for the daemon.
 */
function isOperators(name: string, option: Option | undefined): boolean {
  return name in globalOptions || option?.bound !== undefined;
}
