import type { Option } from "./command.ts";

/** The options of the daemon, which a configuration file may set too. */
export const nodeOptions: Readonly<Record<string, Option>> = {
  "data-dir": {
    type: "string",
    completes: "folder",
    describe: "folder for log/ and inmsg.txt; default in the user's state folder",
  },
  inbox: {
    type: "string",
    completes: "file",
    describe: "file or folder watched for messages to send; default inmsg.txt in the data folder",
  },
  handlers: { type: "string", completes: "folder", describe: "folder of your own handlers; see docs/handlers.md" },
  central: { type: "string", completes: "node", describe: "the node that is told of failures; default central" },
  label: { type: "strings", value: "key=value", describe: "shown by `steward nodes --json`; may be given again" },
  timeout: {
    type: "string",
    value: "duration",
    describe: "how long a run may last unless the message says; default 60s",
  },
  retries: { type: "number", describe: "further runs of a failed message unless it says; default 0" },
  "retry-wait": { type: "string", value: "duration", describe: "wait before the first of them; default 5s" },
  "kill-grace": { type: "string", value: "duration", describe: "time between SIGTERM and SIGKILL; default 5s" },
  "output-limit": { type: "number", describe: "bytes of each output stream that an ACK holds; default 65536" },
  "drain-timeout": {
    type: "string",
    value: "duration",
    describe: "how long what runs may go on at a stop; default 30s",
  },
  "presence-ttl": { type: "string", value: "duration", describe: "how long a silent node counts as up; default 60s" },
  "watchdog-interval": {
    type: "string",
    value: "duration",
    describe: "how often the daemon compares itself with the stream; default 60s",
  },
};
