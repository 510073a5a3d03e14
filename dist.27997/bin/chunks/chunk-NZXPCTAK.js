const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  brokerTrouble
} from "./chunk-TZGZTI2Z.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";

// src/cli/name-option.ts
var options = {
  at: { before: "--at" },
  every: { before: "--every" },
  cron: { before: "--cron" },
  timeZone: { before: "--tz" },
  label: { before: "--label" },
  only: { before: "--only" },
  limit: { before: "--limit" },
  handlers: { before: "--handlers" },
  server: { behind: " with --server" },
  replicas: { behind: " with --replicas" },
  port: { behind: " with --port" },
  storeFolder: { behind: " with --store-dir" },
  natsServer: { behind: " with --nats-server" },
  credentials: { behind: ": --creds, --nkey, --user, --password, --token and the --tls files" }
};
function nameOption(error) {
  if (error.about === void 0) return error;
  const option = options[error.about];
  const message = "before" in option ? `${option.before}: ${error.message}` : error.message + option.behind;
  return new StewardError(error.code, message, { cause: error, id: error.id });
}

// src/cli/explain.ts
function explained(thrown) {
  const error = brokerTrouble(thrown);
  return error instanceof StewardError ? nameOption(error) : error;
}

export {
  nameOption,
  explained
};
