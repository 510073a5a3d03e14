export interface ServerConfig {
  readonly host: string;
  readonly port: number;
  readonly storeDir: string;
  readonly name?: string;
  /** `always` syncs to disk before each acknowledgement; without it the server syncs every two minutes. */
  readonly syncAlways: boolean;
}

/** The configuration of a single broker, in nats-server's own format; `streams/broker.conf` is this text with the defaults. */
export function renderServerConfig(config: ServerConfig): string {
  const quoted = JSON.stringify;
  return `${config.name === undefined ? "" : `server_name: ${quoted(config.name)}\n`}listen: ${quoted(`${config.host}:${config.port}`)}

jetstream {
  store_dir: ${quoted(config.storeDir)}
${config.syncAlways ? "\n  # By default JetStream acknowledges before it syncs: a power cut would lose what it acknowledged.\n  sync_interval: always\n" : ""}}

# A silent host is taken for gone within about a minute.
ping_interval: "20s"
ping_max: 2
`;
}
