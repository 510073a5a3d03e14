// Checks who imports whom (the rules are in .dependency-cruiser.mjs), and that every source file was looked at, and every
// folder of the order is there: a check that saw nothing finds no fault either.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cruise, format } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import extractTsConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { order, planned } from "../.dependency-cruiser.mjs";

process.chdir(join(import.meta.dirname, ".."));

const folders = ["src", "test", "scripts"];
const options = await extractOptions("./.dependency-cruiser.mjs");
const { output: result } = await cruise(folders, options, {}, { tsConfig: extractTsConfig("tsconfig.json") });

const report = await format(result, { outputType: "err" });
console.log(report.output.trim());

const seen = new Set(result.modules.map((module) => module.source));
const unseen = folders
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => join(folder, file)))
  .filter((file) => file.endsWith(".ts") && !seen.has(file));
if (unseen.length > 0) console.error(`import boundaries: these files were not looked at: ${unseen.join(", ")}`);

const misplaced = order.filter((name) => planned.includes(name) === isThere(name));
if (misplaced.length > 0) {
  console.error(
    `import boundaries: of src/, only the planned parts of the order are missing; see to ${misplaced.join(", ")}`,
  );
}

process.exitCode = result.summary.error > 0 || unseen.length > 0 || misplaced.length > 0 ? 1 : 0;

function isThere(name) {
  return existsSync(join("src", name)) || existsSync(join("src", `${name}.ts`));
}
