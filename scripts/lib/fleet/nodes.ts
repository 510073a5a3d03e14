import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What one process of a simulated fleet runs. */
export interface Share {
  readonly url: string;
  readonly names: readonly string[];
  /** Where the nodes keep files. */
  readonly folder: string;
}

/** The nodes of a simulated fleet. */
export interface LightNodes extends AsyncDisposable {
  readonly pids: readonly number[];
  /** Stops all daemons in order, so that they show as down at once; a disposal just ends them. */
  readonly stop: () => Promise<void>;
}

/** The names of a fleet's nodes, from `node00001` on. */
export function nodeNames(count: number, prefix: string = "node"): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}${String(at + 1).padStart(5, "0")}`);
}

/**
 * Starts daemons under these names in so many processes, which end with this one. `script` is `process.ts`, bundled.
 * Resolves when all are ready.
 */
export async function startLightNodes(
  script: string,
  url: string,
  names: readonly string[],
  processes: number,
): Promise<LightNodes> {
  const folder = await mkdtemp(join(tmpdir(), "steward-fleet-"));
  const children = Array.from({ length: processes }, (_, part) => {
    const share: Share = { url, names: names.filter((_name, at) => at % processes === part), folder };
    const child = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] });
    // The names of a large fleet would not fit an argument.
    child.stdin.write(`${JSON.stringify(share)}\n`);
    return child;
  });
  const ended = async (how: (child: ChildProcess) => void): Promise<void> => {
    await Promise.all(
      children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, "exit");
        how(child);
        await gone;
      }),
    );
    await rm(folder, { recursive: true, force: true });
  };
  const nodes: LightNodes = {
    pids: children.flatMap(({ pid }) => pid ?? []),
    stop: () => ended((child) => child.stdin?.write("stop\n")),
    [Symbol.asyncDispose]: () => ended((child) => child.stdin?.end()),
  };
  try {
    await Promise.all(children.map(untilReady));
  } catch (error) {
    await nodes[Symbol.asyncDispose]();
    throw error;
  }
  return nodes;
}

async function untilReady(child: ChildProcess): Promise<void> {
  const ready = child.stdout === null ? Promise.resolve() : once(child.stdout, "data");
  const gone = once(child, "exit").then(([code]) => {
    throw new Error(`a process of the fleet ended with ${String(code)}`);
  });
  await Promise.race([ready, gone]);
  gone.catch(() => undefined);
}
