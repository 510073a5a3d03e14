import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

test("O-W11: an installation for all users has its page where man looks, next to the program", () => {
  const folder = mkdtempSync(join(tmpdir(), "steward-man-"));
  const [own, prefix] = [join(folder, "package"), join(folder, "prefix")];
  try {
    cpSync(join(root, "dist/man"), join(own, "dist/man"), { recursive: true });
    mkdirSync(join(own, "dist/bin"));
    cpSync(join(root, "dist/bin/steward.js"), join(own, "dist/bin/steward.js"));
    const { name, version, bin, man } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as object & {
      readonly [key in "name" | "version" | "bin" | "man"]: unknown;
    };
    // What it depends on would be fetched.
    writeFileSync(join(own, "package.json"), JSON.stringify({ name, version, bin, man }));
    execFileSync("npm", ["install", "--global", "--offline", "--install-links", "--prefix", prefix, own]);
    expect(readFileSync(join(prefix, "share/man/man1/steward.1"), "utf8")).toContain(".TH STEWARD 1");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
