import { layeredSettings, type Settings } from "../config/settings.ts";
import type { Arguments, Option, Options } from "./command.ts";
import { globalOptions } from "./global-options.ts";

export type { Settings };

/**
 * The settings of a command: typed options, the environment, and the configuration file, in this order of precedence.
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
 * The options that an operator's command takes from the environment and the file, beside the global ones. No others: a
 * forgotten variable must not select nodes or messages, or skip a question. Most options in the file are the daemon's.
 */
function isOperators(name: string, option: Option | undefined): boolean {
  return name in globalOptions || option?.bound !== undefined;
}
