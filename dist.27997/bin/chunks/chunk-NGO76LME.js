const require = process.getBuiltinModule("module").createRequire(import.meta.url);

// src/config/options.ts
var said = (describe, standard) => standard === void 0 ? describe : `${describe}; default ${standard}`;
var text = (describe, extra = {}, kind = "text") => ({
  type: "string",
  bound: { kind },
  describe: said(describe, extra.default),
  ...extra
});
var file = (describe) => text(describe, { completes: "file" });
var duration = (describe, standard, least) => ({
  type: "string",
  value: "duration",
  bound: { kind: "duration", least },
  default: standard,
  describe: said(describe, standard)
});
var wholeNumber = (describe, standard, most, least = 0) => ({
  type: "number",
  bound: { kind: "wholeNumber", least, most },
  default: standard,
  describe: said(describe, standard)
});
var choice = (describe, standard, choices) => ({
  type: "string",
  bound: { kind: "choice", choices },
  choices,
  default: standard,
  describe: said(describe, standard)
});
var usualServer = "nats://127.0.0.1:4222";
var usualNamespace = "steward";
var connectionOptions = {
  server: text("the broker's URL, several with commas (NATS_URL)", {
    alias: "s",
    value: "url",
    default: usualServer
  }),
  creds: file("file with the user's credentials"),
  nkey: file("file with the user's nkey seed"),
  user: text("user name", { value: "name" }),
  password: text("password", {}, "secret"),
  token: text("token, instead of a user", {}, "secret"),
  "tls-ca": file("file with the certificate authority"),
  "tls-cert": file("file with the client's certificate"),
  "tls-key": file("file with the client's key"),
  "tls-first": { type: "boolean", bound: { kind: "flag" }, describe: "start TLS before the server's first message" }
};
var commonOptions = {
  context: text("a context of the nats CLI; default the selected one, unless a broker is named", {
    value: "name",
    completes: "context"
  }),
  namespace: {
    type: "string",
    value: "name",
    bound: { kind: "namespace" },
    default: usualNamespace,
    describe: said("the fleet's name in subjects and streams", usualNamespace)
  },
  "log-level": choice("how much to log on stderr", "info", ["debug", "info", "warn", "error"])
};
var operatorOptions = {
  wait: duration("how long to wait for the outcome", "30s", 0),
  from: text("the sender's name; default the user's", { value: "name" }, "token")
};
var leastPresenceTtl = 3e3;
var leastWatchdogInterval = 100;
var mostOutput = 64 * 1024 * 1024;
var nodeOptions = {
  "data-dir": text("folder for log/ and inmsg.txt; default in the user's state folder", { completes: "folder" }),
  inbox: file("file or folder watched for messages to send; default inmsg.txt in the data folder"),
  handlers: text("folder of your own handlers; see docs/handlers.md", { completes: "folder" }),
  central: text("node that receives the failures of this node", { completes: "node", default: "central" }, "nodeName"),
  label: {
    type: "strings",
    value: "key=value",
    bound: { kind: "label" },
    describe: "shown in the JSON of `steward nodes`; may be given again"
  },
  timeout: duration("longest time of a run, unless the message sets it", "60s", 1),
  retries: wholeNumber("retries of a failed message, unless the message sets it", 0, 1e3),
  "retry-wait": duration("wait before the first retry; it doubles with each retry", "5s", 0),
  "kill-grace": duration("time between SIGTERM and SIGKILL", "5s", 0),
  "output-limit": wholeNumber("most bytes of each output stream in an ACK", 64 * 1024, mostOutput),
  "drain-timeout": duration("how long running messages may go on when the daemon stops", "30s", 0),
  "daemon-ends": wholeNumber("how often a message may end the daemon before it is given up", 3, 1e3, 2),
  "presence-ttl": duration("how long a node counts as up after its last heartbeat", "60s", leastPresenceTtl),
  "watchdog-interval": duration(
    "how often the daemon compares its state with the stream",
    "60s",
    leastWatchdogInterval
  )
};
var settings = {
  ...connectionOptions,
  ...commonOptions,
  ...operatorOptions,
  ...nodeOptions
};
function camelCase(option) {
  return option.replaceAll(/-./g, ([, letter = ""]) => letter.toUpperCase());
}
function optionOf(key) {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export {
  usualServer,
  usualNamespace,
  connectionOptions,
  commonOptions,
  operatorOptions,
  nodeOptions,
  settings,
  camelCase,
  optionOf
};
