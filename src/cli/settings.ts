import { faultIn } from "../config/bounds.ts";
import type { ConfigFile } from "../config/config-file.ts";
import { findConfigFile } from "../config/find-file.ts";
import { connectionOptions, optionOf } from "../config/options.ts";
import { StewardError } from "../protocol/errors.ts";
import { listOf, onlyOne, textOf } from "./arguments.ts";
import type { Arguments, Option } from "./command.ts";
import { environmentLayer } from "./environment.ts";
import { globalOptions } from "./global-options.ts";
import { merge, type Layer, type Layered } from "./layers.ts";

export interface Settings extends Layered {
  /** The configuration file, if there is one. */
  readonly file: ConfigFile | undefined;
}

/**
 * What a command goes by: what was typed, the environment, and the configuration file, in this order. Contexts come
 * into it only when somebody connects, see `withContext`.
 * @throws StewardError usage, badSettings, fileUnreadable, notJson
 */
export async function resolveSettings(
  typed: Arguments,
  options: Readonly<Record<string, Option>>,
  env: NodeJS.ProcessEnv,
  mayBeElsewhere: (name: string, option: Option | undefined) => boolean = isOperators,
): Promise<Settings> {
  // A context that is typed says all that is needed to connect: its credentials go to no server of the environment.
  const isTyped = typed["context"] !== undefined;
  const known = { ...globalOptions, ...options };
  const ofEnvironment = Object.entries(known).filter(
    ([name, option]) => mayBeElsewhere(name, option) && (!isTyped || !(name in connectionOptions)),
  );
  const upper: readonly Layer[] = [
    { values: typed, originOf: () => ({ kind: "flag" }) },
    environmentLayer(Object.fromEntries(ofEnvironment), env),
  ];
  const named = merge(upper);
  assertWithinBounds(named, known);
  const path = textOf(named.args, "config") ?? (await findConfigFile(env));
  if (path === undefined) return { ...named, file: undefined };
  const { ConfigFile } = await import("../config/config-file.ts");
  const file = await ConfigFile.open(path);
  // A context says all that is needed to connect. Beside one that is named above the file, the file's own credentials
  // would go to a server that they are not for.
  const isHidden = (name: string): boolean => named.args["context"] !== undefined && name in connectionOptions;
  const isRead = (name: string): boolean => name in known && mayBeElsewhere(name, known[name]) && !isHidden(name);
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
function isOperators(name: string, option: Option | undefined): boolean {
  return name in globalOptions || option?.bound !== undefined;
}

/** Holds what was typed, and what variables say, to the bounds to which a file is held. @throws StewardError usage, badSettings */
function assertWithinBounds({ args, origins }: Layered, options: Readonly<Record<string, Option>>): void {
  for (const [name, { bound }] of Object.entries(options)) {
    if (bound === undefined || args[name] === undefined) continue;
    const values = bound.kind === "label" ? listOf(args, name) : [onlyOne(args, name)];
    for (const value of values) {
      const fault = faultIn(bound, value);
      if (fault === undefined) continue;
      const origin = origins[name];
      const shown = bound.kind === "secret" ? "" : ` ${String(value)}`;
      if (origin?.kind === "variable") throw new StewardError("badSettings", `${origin.name}${shown}: ${fault}`);
      throw new StewardError("usage", `--${name}${shown}: ${fault}`);
    }
  }
}
