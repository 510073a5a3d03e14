import { StewardError, type About } from "../protocol/errors.ts";

/**
 * The option for each kind of input. `before` is put before the text of an error. `behind` is put after the sentence
 * that says what to do.
 */
const options = {
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
  oldDaemons: { behind: " with --despite-old-daemons" },
  credentials: { behind: ": --creds, --nkey, --user, --password, --token and the --tls files" },
} as const satisfies Readonly<Record<About, { readonly before: string } | { readonly behind: string }>>;

/** Adds the name of an option to an error, if the error is about an option. */
export function nameOption(error: StewardError): StewardError {
  if (error.about === undefined) return error;
  const option = options[error.about];
  const message = "before" in option ? `${option.before}: ${error.message}` : error.message + option.behind;
  return new StewardError(error.code, message, { cause: error, id: error.id });
}
