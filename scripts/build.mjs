// Builds the package into dist/: the program (bin/), its completion (completion/) and man page (man/), the library (lib/)
// and the JSON Schemas (schemas/).
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, resolve } from "node:path";
import { toJsonSchema } from "@valibot/to-json-schema";
import { build } from "esbuild";

process.chdir(join(import.meta.dirname, ".."));

const forNode = { bundle: true, format: "esm", platform: "node", target: "node20" };

// Made beside dist/ and moved into its place when complete, so that a build that fails leaves the former one usable.
const made = resolve(`dist.${process.pid}`);
try {
  const { reference, manPage } = await commandData(made);
  await bundleProgram(join(made, "bin"), reference);
  cpSync("src/cli/complete/shells", join(made, "completion"), { recursive: true });
  mkdirSync(join(made, "man"));
  writeFileSync(join(made, "man", "steward.1"), manPage);
  compileLibrary(join(made, "lib"));
  await writeSchemas(join(made, "schemas"), join(made, "lib"));
  rmSync("dist", { recursive: true, force: true });
  renameSync(made, "dist");
} finally {
  rmSync(made, { recursive: true, force: true });
}

/** One file to run, and a chunk beside it for whatever is imported lazily: start-up is what every call pays. */
async function bundleProgram(folder, reference) {
  await build({
    entryPoints: {
      steward: "src/cli/main.ts",
      "handler-process": "src/handlers/worker/process.ts",
      "handler-thread": "src/handlers/worker/thread.ts",
      // What users' handlers get for `steward-nats`.
      library: "src/index.ts",
    },
    outdir: folder,
    chunkNames: "chunks/[name]-[hash]",
    ...forNode,
    splitting: true,
    // Packages in CommonJS ask for Node's own modules by `require`, which a module does not have.
    banner: { js: 'const require = process.getBuiltinModule("module").createRequire(import.meta.url);' },
    plugins: [
      { name: "lazy-packages", setup: keepNamesOfLazyPackages },
      { name: "plain-width", setup: measurePlainText },
      { name: "reference", setup: (own) => putReferenceInPlace(own, reference) },
    ],
  });
  chmodSync(join(folder, "steward.js"), 0o755);
}

/** What all commands are, and the man page that is made of it. */
async function commandData(folder) {
  const entryPoints = { reference: "src/cli/reference.ts", "man-page": "src/cli/man/page.ts" };
  const outdir = join(folder, "data");
  await build({ ...forNode, entryPoints, outdir, packages: "external", outExtension: { ".js": ".mjs" } });
  const { reference } = await import(join(outdir, "reference.mjs"));
  const { manPage } = await import(join(outdir, "man-page.mjs"));
  rmSync(outdir, { recursive: true });
  return { reference, manPage: manPage(reference) };
}

/** So the help and the completion know all commands, and load none. */
function putReferenceInPlace({ onLoad }, reference) {
  onLoad({ filter: /src[/\\]cli[/\\]reference\.ts$/ }, () => ({
    contents: `export const reference = ${JSON.stringify(reference)};`,
  }));
}

/** esbuild would give `await import(package)` only the default export of a package in CommonJS; Node gives its names. */
function keepNamesOfLazyPackages({ onResolve, onLoad }) {
  onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
    kind === "dynamic-import" && !isBuiltin(path) ? { path, namespace: "lazy" } : undefined,
  );
  onLoad({ filter: /./, namespace: "lazy" }, async ({ path }) => {
    const names = Object.keys(await import(path)).filter((name) => name !== "module.exports");
    return { contents: `export { ${names.join(", ")} } from "${path}";`, resolveDir: "." };
  });
}

/** yargs measures its help with a package that loads Intl's segmenter: 20 ms of every call, for help in plain letters. */
function measurePlainText({ onResolve, onLoad }) {
  onResolve({ filter: /^string-width$/ }, ({ path }) => ({ path, namespace: "plain-width" }));
  onLoad({ filter: /./, namespace: "plain-width" }, () => ({ contents: "export default (text) => text.length;" }));
}

function compileLibrary(folder) {
  const tsc = "node_modules/typescript/bin/tsc";
  execFileSync(process.execPath, [tsc, "--project", "tsconfig.build.json", "--outDir", folder], { stdio: "inherit" });
}

async function writeSchemas(folder, library) {
  const { messageSchema } = await import(join(library, "protocol", "message.js"));
  const { ackSchema } = await import(join(library, "protocol", "ack.js"));
  const { nodeConfigSchema } = await import(join(library, "config", "schema.js"));
  const { outputSchemas } = await import(join(library, "cli", "output-schemas.js"));
  mkdirSync(folder);
  const outputs = Object.entries(outputSchemas).map(([name, schema]) => [`cli-${name}`, schema]);
  const schemas = {
    message: messageSchema,
    ack: ackSchema,
    config: nodeConfigSchema,
    ...Object.fromEntries(outputs),
  };
  for (const [name, schema] of Object.entries(schemas)) {
    // What JSON Schema cannot say (a check by a function) is left out; the program checks it all the same.
    const jsonSchema = toJsonSchema(schema, { errorMode: "ignore" });
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(jsonSchema, null, 2)}\n`);
  }
}
