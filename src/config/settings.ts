import { StewardError } from "../protocol/errors.ts";
import { faultIn } from "./bounds.ts";
import type { ConfigFile } from "./config-file.ts";
import { environmentLayer } from "./environment.ts";
import { findConfigFile } from "./find-file.ts";
import { merge, type Layer, type Layered, type Values } from "./layers.ts";
import { connectionOptions, optionOf, type Setting } from "./options.ts";

/** The properties of an option that are needed to read and check its value. */
type Known = Pick<Setting, "type" | "choices"> & Partial<Pick<Setting, "bound">>;

export interface Sources {
  /** The known options, by name. */
  readonly options: Readonly<Record<string, Known>>;
  readonly env: NodeJS.ProcessEnv;
  /** Returns true if the environment and the configuration file may set the option too. */
  readonly mayBeElsewhere: (name: string) => boolean;
  /** The name of an option in errors, in the form that the user knows. */
  readonly called: (name: string) => string;
}

export interface Settings<Args extends Values = Values> extends Layered<Args> {
  /** The configuration file, if there is one. */
  readonly file: ConfigFile | undefined;
}

/**
 * Merges the given values, the environment, and the configuration file, in this order of precedence. Does not add a
 * context: `withContext` does this for a connection.
 * @throws StewardError usage, badSettings, fileUnreadable, notJson
 */
export async function layeredSettings<Given extends Values>(given: Given, sources: Sources): Promise<Settings<Given>> {
  const { options, env, mayBeElsewhere } = sources;
  // A given context contains all settings of the connection. So the environment's settings of the connection are not
  // read: the context's credentials must not be sent to another server.
  const hasContext = given["context"] !== undefined;
  const ofEnvironment = Object.entries(options).filter(
    ([name]) => mayBeElsewhere(name) && (!hasContext || !(name in connectionOptions)),
  );
  const upper: readonly Layer[] = [
    { values: given, originOf: () => ({ kind: "flag" }) },
    environmentLayer(Object.fromEntries(ofEnvironment), env),
  ];
  const named = merge<Given>(upper);
  assertWithinBounds(named, sources);
  const path = named.args["config"]?.toString() ?? (await findConfigFile(env));
  if (path === undefined) return { ...named, file: undefined };
  const { ConfigFile } = await import("./config-file.ts");
  const file = await ConfigFile.open(path);
  // If the given values or the environment name a context, the file's settings of the connection are not read. The
  // context contains all settings of the connection, and the file's credentials must not be sent to the context's
  // server.
  const isHidden = (name: string): boolean => named.args["context"] !== undefined && name in connectionOptions;
  const isRead = (name: string): boolean => name in options && mayBeElsewhere(name) && !isHidden(name);
  const values = Object.entries(file.current.options).map(([key, value]) => [optionOf(key), value] as const);
  const layer: Layer = {
    values: Object.fromEntries(values.filter(([name]) => isRead(name))),
    originOf: () => ({ kind: "file", path }),
  };
  return { ...merge<Given>([...upper, layer]), file };
}

/**
 * Checks the given values and the variables as strictly as the values in a file. @throws StewardError usage,
 * badSettings
 */
export function assertWithinBounds(
  { args, origins }: Layered,
  { options, called }: Pick<Sources, "options" | "called">,
): void {
  for (const [name, { bound }] of Object.entries(options)) {
    const value = args[name];
    if (bound === undefined || value === undefined) continue;
    for (const one of [value].flat()) {
      const fault = faultIn(bound, one);
      if (fault === undefined) continue;
      const origin = origins[name];
      const shown = bound.kind === "secret" ? "" : ` ${String(one)}`;
      if (origin?.kind === "variable") throw new StewardError("badSettings", `${origin.name}${shown}: ${fault}`);
      throw new StewardError("usage", `${called(name)}${shown}: ${fault}`);
    }
  }
}
