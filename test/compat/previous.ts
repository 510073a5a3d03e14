import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
/** What is there to be compatible with before the first release: the last commit whose ACKs say nothing of `final`. */
const beforeReleases = "f6804f7";

/** The program of another version, or why it is not to be had. */
export type Previous =
  | { readonly kind: "built"; readonly name: string; readonly program: string }
  | { readonly kind: "missing"; readonly reason: string };

/**
 * The program of the last release or, while there is none, of the commit above: taken out of the history, built by its
 * own script with the packages of today, and kept. `STEWARD_PREVIOUS` names a built package to take instead, for a clone
 * whose history is cut off.
 */
export function previousProgram(): Previous {
  const given = process.env["STEWARD_PREVIOUS"];
  if (given !== undefined) return { kind: "built", name: given, program: join(given, "dist/bin/steward.js") };
  const name = lastRelease() ?? beforeReleases;
  const commit = git("rev-parse", "--verify", "--quiet", `${name}^{commit}`);
  if (commit === undefined) {
    const way = "fetch the whole history, or name a built package of it with STEWARD_PREVIOUS";
    return { kind: "missing", reason: `the history of this clone does not reach back to ${name}; ${way}` };
  }
  const folder = join(root, ".cache/previous", commit);
  if (!existsSync(folder)) build(commit, folder);
  return { kind: "built", name, program: join(folder, "dist/bin/steward.js") };
}

/** The release before this commit; of a commit that is one, that before it. */
function lastRelease(): string | undefined {
  return git("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "HEAD^");
}

function git(...args: readonly string[]): string | undefined {
  try {
    return execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

/** Beside the place where it stays, so that nobody finds half of it; not in node_modules, of which tsc compiles nothing. */
function build(commit: string, folder: string): void {
  mkdirSync(join(folder, ".."), { recursive: true });
  const work = mkdtempSync(`${folder}.`);
  try {
    const tree = execFileSync("git", ["archive", commit], { cwd: root, maxBuffer: 1 << 30 });
    execFileSync("tar", ["-x", "-C", work], { input: tree });
    symlinkSync(join(root, "node_modules"), join(work, "node_modules"));
    execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: work, stdio: ["ignore", "ignore", "inherit"] });
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
