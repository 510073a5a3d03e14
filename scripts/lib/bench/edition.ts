import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { environment, program } from "./daemon.ts";

/** A state of the project whose nodes and senders are measured. */
export interface Edition {
  readonly name: "now" | "before";
  /** Makes the streams on a broker, with so many copies. */
  readonly init: (url: string, replicas?: number) => void;
  /** The path of a bundled program of `scripts/lib`: such as `process`, which runs light nodes. */
  readonly script: (name: string) => string;
}

/** This checkout. */
export const now: Edition = editionOf("now", program, import.meta.dirname);

/** Another checkout, which is built; `scripts/bench` has bundled its programs. */
export function before(checkout: string): Edition {
  return editionOf("before", resolve(checkout, "dist/bin/steward.js"), join(import.meta.dirname, "before"));
}

function editionOf(name: Edition["name"], cli: string, folder: string): Edition {
  return {
    name,
    init: (url, replicas = 1) => {
      const args = [cli, "init", "--server", url, "--replicas", String(replicas)];
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", env: environment() });
      if (status !== 0) throw new Error(`steward init (${name}) ended with ${status}: ${stderr}`);
    },
    script: (script) => join(folder, `${script}.mjs`),
  };
}
