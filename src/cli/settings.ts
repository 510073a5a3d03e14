import type { ConfigFile } from "../config/config-file.ts";
import { findConfigFile } from "../config/find-file.ts";
import { textOf } from "./arguments.ts";
import type { Arguments, Option } from "./command.ts";
import { environmentLayer } from "./environment.ts";
import { connectionOptions, globalOptions } from "./global-options.ts";
import { merge, type Layer, type Layered } from "./layers.ts";

export interface Settings extends Layered {
  /** The configuration file, if there is one. */
  readonly file: ConfigFile | undefined;
}

/**
 * What a command goes by: what was typed, the environment, and the configuration file, in this order. Contexts come
 * into it only when somebody connects, see `withContext`.
 * @throws StewardError badSettings, fileUnreadable, notJson
 */
export async function resolveSettings(
  typed: Arguments,
  options: Readonly<Record<string, Option>>,
  env: NodeJS.ProcessEnv,
  mayBeElsewhere: (name: string) => boolean = isOperators,
): Promise<Settings> {
  // A context that is typed says all that is needed to connect: its credentials go to no server of the environment.
  const isTyped = typed["context"] !== undefined;
  const ofEnvironment = Object.entries({ ...globalOptions, ...options }).filter(
    ([name]) => mayBeElsewhere(name) && (!isTyped || !(name in connectionOptions)),
  );
  const upper: readonly Layer[] = [
    { values: typed, originOf: () => ({ kind: "flag" }) },
    environmentLayer(Object.fromEntries(ofEnvironment), env),
  ];
  const named = merge(upper);
  const path = textOf(named.args, "config") ?? (await findConfigFile(env));
  if (path === undefined) return { ...named, file: undefined };
  const { ConfigFile } = await import("../config/config-file.ts");
  const file = await ConfigFile.open(path);
  // A context says all that is needed to connect. Beside one that is named above the file, the file's own credentials
  // would go to a server that they are not for.
  const isHidden = (name: string): boolean => named.args["context"] !== undefined && name in connectionOptions;
  const isRead = (name: string): boolean =>
    mayBeElsewhere(name) && (name in globalOptions || name in options) && !isHidden(name);
  const values = Object.entries(file.current.options).map(([key, value]) => [optionOf(key), value] as const);
  const layer: Layer = {
    values: Object.fromEntries(values.filter(([name]) => isRead(name))),
    originOf: () => ({ kind: "file", path }),
  };
  return { ...merge([...upper, layer]), file };
}

/**
 * What a command that is typed takes from elsewhere beside the global options. Not more: a forgotten variable must not
 * choose whom it reaches, which message is meant, or that nobody is asked; and most options of the file are the daemon's.
 */
function isOperators(name: string): boolean {
  return name in globalOptions || name === "wait" || name === "from";
}

/** The option's name of a key: `log-level` for `logLevel`. */
function optionOf(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The key of an option in a configuration file: `logLevel` for `log-level`. */
export function keyOf(option: string): string {
  return option.replaceAll(/-./g, ([, letter = ""]) => letter.toUpperCase());
}
