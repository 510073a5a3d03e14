import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { expect, test } from "vitest";

test("runs of every kind leave no handle and no timer behind", { timeout: 60_000 }, () => {
  const script = fileURLToPath(new URL("leaks.script.ts", import.meta.url));
  const { outputFiles } = buildSync({
    entryPoints: [script],
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
  });
  const code = outputFiles[0]?.text ?? "";
  const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", code], { encoding: "utf8" });
  const { before, ...after } = JSON.parse(printed) as Record<string, string>;
  const leftBy = Object.entries(after).filter(([, resources]) => resources !== before);
  expect(leftBy).toEqual([]);
  expect(Object.keys(after)).toHaveLength(5);
});
