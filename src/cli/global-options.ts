import { commonOptions, connectionOptions, type ValuesOf } from "../config/options.ts";
import type { CommandData, Options } from "./command.ts";

/** Options that every command has: how to reach the broker, and how to speak. */
export const globalOptions: Options<{ config: "string"; json: "boolean" }> &
  typeof connectionOptions &
  typeof commonOptions = {
  ...connectionOptions,
  context: commonOptions.context,
  namespace: commonOptions.namespace,
  config: {
    type: "string",
    completes: "file",
    describe: "configuration; default steward.yaml in ~/.config/steward or /etc/steward",
  },
  "log-level": commonOptions["log-level"],
  json: { type: "boolean", describe: "one JSON document on stdout" },
};

/** What every command gets. */
export type GlobalArguments = ValuesOf<typeof globalOptions>;

/** The options that can be typed behind a command. */
export function allOptionsOf({ options }: CommandData): Options {
  return { ...globalOptions, ...options };
}
