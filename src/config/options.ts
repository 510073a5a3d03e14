/**
 * The allowed values of an option. They are the same for the command line, variables and files. `bounds.ts` checks the
 * values.
 */
export type Bound =
  | { readonly kind: "text" | "secret" | "flag" | "token" | "nodeName" | "namespace" | "label" }
  | { readonly kind: "choice"; readonly choices: readonly string[] }
  /** `least` is in milliseconds. The largest value is `longestTimer`, because a timer supports no longer time. */
  | { readonly kind: "duration"; readonly least: number }
  | { readonly kind: "wholeNumber"; readonly least: number; readonly most: number };

/** The types of option values. An option of type `strings` may be given several times. */
export interface ValueTypes {
  readonly string: string;
  readonly boolean: boolean;
  readonly number: number;
  readonly strings: readonly string[];
}

interface Typed {
  readonly type: keyof ValueTypes;
  readonly choices?: readonly string[];
}

/** The type of an option's value. If the option has `choices`, the value is a choice. */
type ValueOf<One extends Typed> = One extends { type: "string"; choices: readonly (infer Choice)[] }
  ? Choice
  : ValueTypes[One["type"]];

/** The values of a table of options. An option that was not given is absent. */
export type ValuesOf<Table extends Readonly<Record<string, Typed>>> = {
  readonly [Name in keyof Table]?: ValueOf<Table[Name]> | undefined;
};

/** An option that the command line, a variable or a configuration file may set: meaning, allowed values and default. */
export interface Setting<Type extends keyof ValueTypes = keyof ValueTypes> {
  readonly describe: string;
  readonly type: Type;
  readonly bound: Bound;
  /** The default, in the form that a person types. */
  readonly default?: string | number;
  readonly alias?: string;
  readonly choices?: readonly string[];
  readonly completes?: "nodes" | "node" | "context" | "file" | "folder";
  readonly value?: string;
}

/** A table of settings, with the type of each value. */
type Settings<Types extends Readonly<Record<string, keyof ValueTypes>>> = {
  readonly [Name in keyof Types]: Setting<Types[Name]>;
};
type Extra = Partial<Pick<Setting, "alias" | "completes" | "value" | "default">>;

const said = (describe: string, standard?: string | number): string =>
  standard === undefined ? describe : `${describe}; default ${standard}`;
const text = (
  describe: string,
  extra: Extra = {},
  kind: "text" | "secret" | "token" | "nodeName" = "text",
): Setting<"string"> => ({
  type: "string",
  bound: { kind },
  describe: said(describe, extra.default),
  ...extra,
});
const file = (describe: string): Setting<"string"> => text(describe, { completes: "file" });
const duration = (describe: string, standard: string, least: number): Setting<"string"> => ({
  type: "string",
  value: "duration",
  bound: { kind: "duration", least },
  default: standard,
  describe: said(describe, standard),
});
const wholeNumber = (describe: string, standard: number, most: number, least: number = 0): Setting<"number"> => ({
  type: "number",
  bound: { kind: "wholeNumber", least, most },
  default: standard,
  describe: said(describe, standard),
});
const choice = (describe: string, standard: string, choices: readonly string[]): Setting<"string"> => ({
  type: "string",
  bound: { kind: "choice", choices },
  choices,
  default: standard,
  describe: said(describe, standard),
});

/** The default broker. It is the default of the `nats` CLI too. */
export const usualServer = "nats://127.0.0.1:4222";
/** The default fleet. */
export const usualNamespace = "steward";

/** The options of the connection: broker and credentials. A context may set all of these options. */
export const connectionOptions: Settings<{
  server: "string";
  creds: "string";
  nkey: "string";
  user: "string";
  password: "string";
  token: "string";
  "tls-ca": "string";
  "tls-cert": "string";
  "tls-key": "string";
  "tls-first": "boolean";
}> = {
  server: text("the broker's URL, several with commas (NATS_URL)", {
    alias: "s",
    value: "url",
    default: usualServer,
  }),
  creds: file("file with the user's credentials"),
  nkey: file("file with the user's nkey seed"),
  user: text("user name", { value: "name" }),
  password: text("password", {}, "secret"),
  token: text("token, instead of a user", {}, "secret"),
  "tls-ca": file("file with the certificate authority"),
  "tls-cert": file("file with the client's certificate"),
  "tls-key": file("file with the client's key"),
  "tls-first": { type: "boolean", bound: { kind: "flag" }, describe: "start TLS before the server's first message" },
};

/** Further options of every command. */
export const commonOptions: Settings<{ context: "string"; namespace: "string"; "log-level": "string" }> = {
  context: text("a context of the nats CLI; default the selected one, unless a broker is named", {
    value: "name",
    completes: "context",
  }),
  namespace: {
    type: "string",
    value: "name",
    bound: { kind: "namespace" },
    default: usualNamespace,
    describe: said("the fleet's name in subjects and streams", usualNamespace),
  },
  "log-level": choice("how much to log on stderr", "info", ["debug", "info", "warn", "error"]),
};

/**
 * Options of commands for operators. A command may use its own description of an option, but the allowed values are the
 * same.
 */
export const operatorOptions: Settings<{ wait: "string"; from: "string" }> = {
  wait: duration("how long to wait for the outcome", "30s", 0),
  from: text("the sender's name; default the user's", { value: "name" }, "token"),
};

/**
 * The shortest TTL, in milliseconds. The broker stores a TTL in whole seconds, and a TTL must last for three
 * heartbeats.
 */
const leastPresenceTtl = 3000;
/** The shortest interval, in milliseconds. A shorter interval would only add load to the broker. */
const leastWatchdogInterval = 100;
/** The largest output limit, in bytes. No broker accepts a larger ACK. */
const mostOutput = 64 * 1024 * 1024;

/** Options of a node's daemon. */
export const nodeOptions: Settings<{
  "data-dir": "string";
  inbox: "string";
  handlers: "string";
  central: "string";
  label: "strings";
  timeout: "string";
  retries: "number";
  "retry-wait": "string";
  "kill-grace": "string";
  "output-limit": "number";
  "drain-timeout": "string";
  "daemon-ends": "number";
  "presence-ttl": "string";
  "watchdog-interval": "string";
}> = {
  "data-dir": text("folder for log/ and inmsg.txt; default in the user's state folder", { completes: "folder" }),
  inbox: file("file or folder watched for messages to send; default inmsg.txt in the data folder"),
  handlers: text("folder of your own handlers; see docs/handlers.md", { completes: "folder" }),
  central: text("node that receives the failures of this node", { completes: "node", default: "central" }, "nodeName"),
  label: {
    type: "strings",
    value: "key=value",
    bound: { kind: "label" },
    describe: "shown in the JSON of `steward nodes`; may be given again",
  },
  timeout: duration("longest time of a run, unless the message sets it", "60s", 1),
  retries: wholeNumber("retries of a failed message, unless the message sets it", 0, 1000),
  "retry-wait": duration("wait before the first retry; it doubles with each retry", "5s", 0),
  "kill-grace": duration("time between SIGTERM and SIGKILL", "5s", 0),
  "output-limit": wholeNumber("most bytes of each output stream in an ACK", 64 * 1024, mostOutput),
  "drain-timeout": duration("how long running messages may go on when the daemon stops", "30s", 0),
  "daemon-ends": wholeNumber("give a message up after it ended the daemon this many times", 3, 1000, 2),
  "presence-ttl": duration("how long a node counts as up after its last heartbeat", "60s", leastPresenceTtl),
  "watchdog-interval": duration("how often the daemon compares its state with the stream", "5m", leastWatchdogInterval),
};

/** All options that a configuration file can set, by name. */
export const settings: Readonly<Record<string, Setting>> = {
  ...connectionOptions,
  ...commonOptions,
  ...operatorOptions,
  ...nodeOptions,
};

/** The key of an option in a configuration file: `logLevel` for `log-level`. */
export function camelCase(option: string): string {
  return option.replaceAll(/-./g, ([, letter = ""]) => letter.toUpperCase());
}

/** The option's name for a key in a configuration file: `log-level` for `logLevel`. */
export function optionOf(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
