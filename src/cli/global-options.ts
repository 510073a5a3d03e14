import type { Option } from "./command.ts";

/** How to reach the broker, and who to be there: what a context stands for. */
export const connectionOptions: Readonly<Record<string, Option>> = {
  server: { type: "string", alias: "s", value: "url", describe: "the broker's URL, several with commas (NATS_URL)" },
  creds: { type: "string", completes: "file", describe: "file with the user's credentials" },
  nkey: { type: "string", completes: "file", describe: "file with the user's nkey seed" },
  user: { type: "string", value: "name", describe: "user name" },
  password: { type: "string", describe: "password" },
  token: { type: "string", describe: "token, instead of a user" },
  "tls-ca": { type: "string", completes: "file", describe: "file with the certificate authority" },
  "tls-cert": { type: "string", completes: "file", describe: "file with the client's certificate" },
  "tls-key": { type: "string", completes: "file", describe: "file with the client's key" },
  "tls-first": { type: "boolean", describe: "encrypt before the server has said anything" },
};

/** Options that every command has: how to reach the broker, and how to speak. */
export const globalOptions: Readonly<Record<string, Option>> = {
  ...connectionOptions,
  context: {
    type: "string",
    value: "name",
    completes: "context",
    describe: "a context of the nats CLI; default the selected one, unless a broker is named",
  },
  namespace: { type: "string", value: "name", describe: "the fleet's name in subjects and streams; default steward" },
  config: {
    type: "string",
    completes: "file",
    describe: "configuration; default steward.yaml in ~/.config/steward or /etc/steward",
  },
  "log-level": {
    type: "string",
    choices: ["debug", "info", "warn", "error"],
    describe: "how much is told on stderr; default info",
  },
  json: { type: "boolean", describe: "one JSON document on stdout" },
};
