import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Daemons of the named nodes, in so many processes. Resolves when all are ready. */
export async function startLightNodes(
  url: string,
  names: readonly string[],
  processes: number,
): Promise<AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "steward-light-"));
  const script = join(folder, "light-nodes.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("light-nodes.process.ts", import.meta.url))],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: 'const require = process.getBuiltinModule("module").createRequire(import.meta.url);' },
  });
  const share = (part: number): string[] => names.filter((_name, at) => at % processes === part);
  const children = Array.from({ length: processes }, (_, part) => {
    const task = JSON.stringify({ url, names: share(part), folder });
    return spawn(process.execPath, [script, task], { stdio: ["pipe", "pipe", "inherit"] });
  });
  await Promise.all(children.map(untilReady));
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(children.map(ended));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(child: ChildProcess): Promise<void> {
  const ready = child.stdout === null ? Promise.resolve() : once(child.stdout, "data");
  const gone = once(child, "exit").then(([code]) => {
    throw new Error(`the process of the light nodes ended with ${String(code)}`);
  });
  await Promise.race([ready, gone]);
  gone.catch(() => undefined);
}

async function ended(child: ChildProcess): Promise<void> {
  const gone = once(child, "exit");
  child.stdin?.end();
  await gone;
}
