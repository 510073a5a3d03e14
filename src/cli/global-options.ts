import { commonOptions, connectionOptions, type ValuesOf } from "../config/options.ts";
import type { CommandData, Options } from "./command.ts";

/** The options of every command. They select the connection and the form of the output. */
export const globalOptions: Options<{ config: "string"; json: "boolean" }> &
  typeof connectionOptions &
  typeof commonOptions = {
  ...connectionOptions,
  context: commonOptions.context,
  namespace: commonOptions.namespace,
  config: {
    type: "string",
    completes: "file",
    describe: "configuration file; default steward.yaml in ~/.config/steward or /etc/steward",
  },
  "log-level": commonOptions["log-level"],
  json: { type: "boolean", describe: "one JSON document on stdout" },
};

/** The arguments that every command gets. */
export type GlobalArguments = ValuesOf<typeof globalOptions>;

/** All options of a command: the global options and its own. */
export function allOptionsOf({ options }: CommandData): Options {
  return { ...globalOptions, ...options };
}
