import { layeredSettings, type Settings } from "../config/settings.ts";
import type { Arguments, Option, Options } from "./command.ts";
import { globalOptions } from "./global-options.ts";

export type { Settings };

/**
 * What a command goes by: what was typed, the environment, and the configuration file, in this order.
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
 * What a command that is typed takes from elsewhere beside the global options. Not more: a forgotten variable must not
 * choose whom it reaches, which message is meant, or that nobody is asked; and most options of the file are the daemon's.
 */
function isOperators(name: string, option: Option | undefined): boolean {
  return name in globalOptions || option?.bound !== undefined;
}
