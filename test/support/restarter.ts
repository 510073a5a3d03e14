import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { cleanEnvironment, program } from "./steward.ts";

/** A daemon that is started again whenever it ends, as a service manager would. */
export interface RestartedNode extends AsyncDisposable {
  readonly dataDir: string;
  /** How often it has been started. */
  lives(): number;
  /** Ends its present life. */
  kill(signal?: NodeJS.Signals): void;
}

/** Keeps the daemon of a node running until it is disposed of; its process id stands in `pidFile`. */
export async function keepNodeRunning(
  url: string,
  name: string,
  pidFile: string,
  args: readonly string[] = [],
): Promise<RestartedNode> {
  const dataDir = await mkdtemp(join(tmpdir(), "steward-node-"));
  let child: ChildProcess | undefined;
  let lives = 0;
  const over = new AbortController();
  const keepRunning = async (): Promise<void> => {
    while (!over.signal.aborted) {
      lives += 1;
      child = spawn(process.execPath, [program, "node", name, "--data-dir", dataDir, ...args], {
        env: cleanEnvironment(url),
        stdio: ["ignore", "ignore", "ignore"],
      });
      const ended = once(child, "exit");
      await writeFile(pidFile, String(child.pid));
      await ended;
      await delay(100);
    }
  };
  const running = keepRunning();
  return {
    dataDir,
    lives: () => lives,
    kill: (signal = "SIGKILL") => void child?.kill(signal),
    [Symbol.asyncDispose]: async () => {
      over.abort();
      child?.kill("SIGKILL");
      await running;
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
