import { commonOptions, connectionOptions } from "../config/options.ts";
import type { Option } from "./command.ts";

/** Options that every command has: how to reach the broker, and how to speak. */
export const globalOptions: Readonly<Record<string, Option>> = {
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
