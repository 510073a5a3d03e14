import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { startLightNodes as start } from "../../scripts/lib/fleet/nodes.ts";

/** Daemons of the named nodes, in so many processes. Resolves when all are ready. */
export async function startLightNodes(
  url: string,
  names: readonly string[],
  processes: number,
): Promise<AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "steward-light-"));
  const script = join(folder, "process.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../../scripts/lib/fleet/process.ts", import.meta.url))],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: 'const require = process.getBuiltinModule("module").createRequire(import.meta.url);' },
  });
  const nodes = await start(script, url, names, processes);
  return {
    [Symbol.asyncDispose]: async () => {
      await nodes[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
