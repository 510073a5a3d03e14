import { connect, type NatsConnection } from "nats";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { startServer, type TestServer, type TestServerOptions } from "./nats-server.ts";
import { startNode, steward, type CliResult, type TestNode } from "./steward.ts";

export interface Fleet extends AsyncDisposable {
  readonly server: TestServer;
  /** A connection for the test's own looks at the broker. */
  readonly nc: NatsConnection;
  readonly nodes: Readonly<Record<string, TestNode>>;
  /** Runs the CLI against this fleet's broker. */
  steward(args: readonly string[], input?: string): Promise<CliResult>;
}

/** A broker with its streams and the daemons of the named nodes, all real processes. */
export async function startFleet(
  names: readonly string[] = [],
  options: TestServerOptions = {},
  nodeArgs: readonly string[] = [],
): Promise<Fleet> {
  const server = await startServer(options);
  const nc = await connect({ servers: server.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  await applyTopology(nc, { namespace: "steward" });
  const started = await Promise.all(names.map((name) => startNode(server.url, name, nodeArgs)));
  return {
    server,
    nc,
    nodes: Object.fromEntries(started.map((node) => [node.name, node])),
    steward: (args, input) => steward(server.url, args, input),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(started.map((node) => node[Symbol.asyncDispose]()));
      await nc.close();
      await server.stop();
    },
  };
}
