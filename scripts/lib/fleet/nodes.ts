import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The nodes that one process of a simulated fleet runs. */
export interface Share {
  readonly url: string;
  readonly names: readonly string[];
  /** The folder for the nodes' files. */
  readonly folder: string;
}

/** The nodes of a simulated fleet. */
export interface LightNodes extends AsyncDisposable {
  readonly pids: readonly number[];
  /** Rejects when a process ends before it is stopped. */
  readonly lost: Promise<never>;
  /** Stops all daemons in order, so that they show as down at once; a disposal just ends them. */
  readonly stop: () => Promise<void>;
}

/** The names of a fleet's nodes, from `node00001` on. */
export function nodeNames(count: number, prefix: string = "node"): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}${String(at + 1).padStart(5, "0")}`);
}

/**
 * Starts daemons under these names in so many processes, which end with this one. `script` is `process.ts`, bundled.
 * Resolves when all are ready; rejects when one of them ends before that, or with the reason of `signal`.
 */
export async function startLightNodes(
  script: string,
  url: string,
  names: readonly string[],
  processes: number,
  signal?: AbortSignal,
): Promise<LightNodes> {
  signal?.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), "steward-fleet-"));
  const children = Array.from({ length: processes }, (_, part) => {
    const share: Share = { url, names: names.filter((_name, at) => at % processes === part), folder };
    const child = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
    // Its exit shows that it has ended.
    child.stdin.on("error", () => {});
    // The names of a large fleet would not fit into an argument.
    child.stdin.write(`${JSON.stringify(share)}\n`);
    return child;
  });
  let isOver = false;
  const ends = children.map(async (child) => {
    const [code, killedBy] = (await once(child, "exit")) as [number | null, string | null];
    if (!isOver) throw new Error(`a process of the fleet ended with ${code ?? killedBy}`);
  });
  const lost = new Promise<never>((_resolve, reject) => void Promise.all(ends).catch(reject));
  lost.catch(() => undefined);
  const ended = async (how: (child: ChildProcess) => void): Promise<void> => {
    isOver = true;
    for (const child of children) how(child);
    await Promise.allSettled(ends);
    await rm(folder, { recursive: true, force: true });
  };
  const nodes: LightNodes = {
    pids: children.flatMap(({ pid }) => pid ?? []),
    lost,
    stop: () => ended(({ stdin }) => stdin?.write("stop\n")),
    [Symbol.asyncDispose]: () => ended(({ stdin }) => stdin?.end()),
  };
  const ready = Promise.all(children.map(({ stdout }) => once(stdout, "data")));
  const aborted = new Promise<never>((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  try {
    await Promise.race([ready, lost, aborted]);
  } catch (error) {
    await nodes[Symbol.asyncDispose]();
    throw error;
  }
  return nodes;
}
