import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type NatsConnection } from "nats";
import { applyTopology } from "../../../src/broker/topology/apply.ts";
import { startLink, type Link } from "../../support/link.ts";
import { startCluster, startServer, type TestServer } from "../../support/nats-server.ts";
import { mountSmallDisk } from "../../support/small-disk.ts";
import { startNode, type TestNode } from "../../support/steward.ts";
import type { EffectFiles } from "./history.ts";

/** The nodes; `central` hears of what was interrupted. */
const names = ["central", "ship1", "ship2"];

/** A broker, or three of them in a cluster, and daemons that reach it over links; all of them real processes. */
export interface Stage extends AsyncDisposable {
  readonly servers: readonly TestServer[];
  /** The brokers' addresses with commas between: past all links, and over the link `senders`. */
  readonly url: string;
  readonly linkedUrl: string;
  readonly nodes: readonly TestNode[];
  readonly links: ReadonlyMap<string, Link>;
  /** The harness's own connection. */
  readonly nc: NatsConnection;
  readonly files: EffectFiles;
  /** Appends the line of a run to `files.commands`: `<script> <lane> <id> [seconds to last]`. */
  readonly script: string;
}

export async function setStage(isCluster: boolean): Promise<Stage> {
  const undo: (() => unknown)[] = [];
  const leave = async (): Promise<void> => {
    for (const one of undo.splice(0).toReversed()) await one();
  };
  const use = <T extends AsyncDisposable>(one: T): T => {
    undo.push(() => one[Symbol.asyncDispose]());
    return one;
  };
  try {
    const disk = isCluster ? undefined : await mountSmallDisk();
    if (disk) use(disk);
    const servers = isCluster
      ? use(await startCluster(3, { separable: true })).servers
      : [use(await startServer({ syncAlways: true, ...(disk && { storeDir: disk.path }) }))];
    const urls = servers.map((server) => server.url);
    const nc = await connect({ servers: urls, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    undo.push(() => nc.close());
    await applyTopology(nc, { namespace: "steward", replicas: servers.length });

    const folder = await mkdtemp(join(tmpdir(), "steward-faults-"));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    const commands = join(folder, "effects");
    const script = join(folder, "effect");
    await writeFile(script, scriptText(commands), { mode: 0o755 });

    const nodes: TestNode[] = [];
    const links = new Map<string, Link>();
    for (const name of names) {
      const link = use(await startLink(urls));
      links.set(name, link);
      nodes.push(use(await startNode(link.url, name)));
    }
    const sendersLink = use(await startLink(urls));
    links.set("senders", sendersLink);
    const files = { commands, nodes };
    const [url, linkedUrl] = [urls.join(","), sendersLink.url];
    return { servers, url, linkedUrl, nodes, links, nc, files, script, [Symbol.asyncDispose]: leave };
  } catch (error) {
    await leave();
    throw error;
  }
}

/** One write for each run, at the end of the file: so the lines of several runs do not mix. */
function scriptText(effects: string): string {
  const line = "$STEWARD_RUN_NODE $1 $2 $STEWARD_RUN_INSTANCE";
  return `#!/bin/sh\necho "${line}" >> ${effects}\nif [ -n "$3" ]; then exec sleep "$3"; fi\n`;
}
