export interface ServerConfig {
  /** The address to listen on. */
  readonly host: string;
  readonly port: number;
  readonly storeDir: string;
  readonly name?: string | undefined;
  /** Syncs to disk before each acknowledgement; without it the server syncs every two minutes. */
  readonly syncAlways: boolean;
}

/** The configuration of a single broker in nats-server's own format; `streams/broker.conf` is this text too. */
export function renderServerConfig({ host, port, storeDir, name, syncAlways }: ServerConfig): string {
  return `${name === undefined ? "" : `server_name: ${JSON.stringify(name)}\n`}host: ${JSON.stringify(host)}
port: ${port}

jetstream {
  store_dir: ${JSON.stringify(storeDir)}
${syncAlways ? syncLines : ""}}

# A silent host is taken for gone within about a minute.
ping_interval: "20s"
ping_max: 2
`;
}

const syncLines = `
  # By default JetStream acknowledges before it syncs: a power cut would lose what it acknowledged.
  sync_interval: always
`;
