// Checks who imports whom (the rules are in .dependency-cruiser.mjs), that every source file was looked at, and that the
// order has all that is in src/, and nothing else, and that each rule is about a file: a check that saw nothing finds no
// fault either.
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { cruise, format } from "dependency-cruiser";
import extractOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import extractTsConfig from "dependency-cruiser/config-utl/extract-ts-config";
import { brokerRooms, order, planned } from "../.dependency-cruiser.mjs";

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

const missing = order.filter((name) => planned.includes(name) === partsOf("src").includes(name));
if (missing.length > 0) {
  console.error(
    `import boundaries: the order of src/ and its planned parts are not what is there: ${missing.join(", ")}`,
  );
}
const unplaced = [
  ...partsOf("src").filter((name) => name !== "index" && !order.includes(name)),
  ...partsOf("src/broker").filter((name) => !brokerRooms.includes(name)),
];
if (unplaced.length > 0) console.error(`import boundaries: without a place in the order: ${unplaced.join(", ")}`);

const idle = options.ruleSet.forbidden
  .filter(({ name, from }) => !planned.some((part) => name.startsWith(`${part}-`)) && !matches(from))
  .map(({ name }) => name);
if (idle.length > 0) console.error(`import boundaries: these rules are about no file: ${idle.join(", ")}`);

const faults = [...unseen, ...missing, ...unplaced, ...idle];
process.exitCode = result.summary.error > 0 || faults.length > 0 ? 1 : 0;

/** True if a rule is about a file that was looked at. */
function matches({ path = "", pathNot }) {
  const not = pathNot === undefined ? undefined : new RegExp(pathNot);
  return [...seen].some((file) => new RegExp(path).test(file) && not?.test(file) !== true);
}

/** The names of a folder's files and folders. */
function partsOf(folder) {
  return readdirSync(folder).map((name) => basename(name, ".ts"));
}
