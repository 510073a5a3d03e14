import type { Option } from "./command.ts";

/** Options that every command has: how to reach the broker, and how to speak. */
export const globalOptions: Readonly<Record<string, Option>> = {
  server: { type: "string", alias: "s", value: "url", describe: "the broker's URL, several with commas (NATS_URL)" },
  creds: { type: "string", completes: "file", describe: "file with the user's credentials" },
  nkey: { type: "string", completes: "file", describe: "file with the user's nkey seed" },
  user: { type: "string", value: "name", describe: "user name" },
  password: { type: "string", describe: "password" },
  "tls-ca": { type: "string", completes: "file", describe: "file with the certificate authority" },
  "tls-cert": { type: "string", completes: "file", describe: "file with the client's certificate" },
  "tls-key": { type: "string", completes: "file", describe: "file with the client's key" },
  namespace: { type: "string", value: "name", describe: "the fleet's name in subjects and streams; default steward" },
  "log-level": {
    type: "string",
    choices: ["debug", "info", "warn", "error"],
    describe: "how much is told on stderr; default info",
  },
  json: { type: "boolean", describe: "one JSON document on stdout" },
};
