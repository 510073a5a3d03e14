export interface ServerConfig {
  /** The address to listen on. */
  readonly host: string;
  readonly port: number;
  readonly storeDir: string;
  readonly name?: string | undefined;
  /** If true, the server syncs to disk before each acknowledgement. If false, the server syncs every two minutes. */
  readonly syncAlways: boolean;
}

/** The configuration of a single broker, in nats-server's own format. `streams/broker.conf` has the same text. */
export function renderServerConfig({ host, port, storeDir, name, syncAlways }: ServerConfig): string {
  return `${name === undefined ? "" : `server_name: ${JSON.stringify(name)}\n`}host: ${JSON.stringify(host)}
port: ${port}

jetstream {
  store_dir: ${JSON.stringify(storeDir)}
${syncAlways ? syncLines : ""}${requestLines}}

# An idle node says something every 40 s, so it is not asked. The connection of a silent host is closed within two minutes.
ping_interval: "40s"
ping_max: 1
`;
}

const syncLines = `
  # By default JetStream acknowledges before it syncs: a power failure would lose acknowledged messages.
  sync_interval: always
`;

const requestLines = `
  # Beyond this number of waiting requests, the server drops all of them. Each node of a fleet may have one.
  request_queue_limit: 100000
`;
