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

/** Titles for the schemas that people meet in their editors. */
const titles = {
  message: ["Steward message", "A message as it travels"],
  ack: ["Steward ACK", "What became of a message"],
  config: ["Steward configuration", "steward.yaml, see docs/configuration.md"],
};

/** Loaded lazily, and without a broker, so without what all others have in common. */
const withoutBroker = [
  "src/cli/run-command.ts",
  "src/cli/help.ts",
  "src/cli/explain.ts",
  "src/cli/complete/complete.ts",
  "src/cli/commands/config.ts",
  "src/cli/commands/completion.ts",
  "src/config/config-file.ts",
].map((path) => resolve(path));

// Made beside dist/ and moved into its place when complete, so that a build that fails leaves the former one usable.
const made = resolve(`dist.${process.pid}`);
try {
  const { reference, globalOptions, manPage } = await commandData(made);
  await bundleProgram(join(made, "bin"), reference);
  cpSync("src/cli/complete/shells", join(made, "completion"), { recursive: true });
  mkdirSync(join(made, "man"));
  writeFileSync(join(made, "man", "steward.1"), manPage);
  compileLibrary(join(made, "lib"));
  const nodeOptions = reference.find(({ name }) => name === "node").options;
  await writeSchemas(join(made, "schemas"), join(made, "lib"), { ...globalOptions, ...nodeOptions });
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
      { name: "hot-path", setup: keepHotPathTogether },
      { name: "plain-width", setup: measurePlainText },
      { name: "reference", setup: (own) => putReferenceInPlace(own, reference) },
    ],
  });
  chmodSync(join(folder, "steward.js"), 0o755);
}

/** What all commands are, and the man page that is made of it. */
async function commandData(folder) {
  const entryPoints = {
    reference: "src/cli/reference.ts",
    "global-options": "src/cli/global-options.ts",
    "man-page": "src/cli/man/page.ts",
  };
  const outdir = join(folder, "data");
  await build({ ...forNode, entryPoints, outdir, packages: "external", outExtension: { ".js": ".mjs" } });
  const { reference } = await import(join(outdir, "reference.mjs"));
  const { globalOptions } = await import(join(outdir, "global-options.mjs"));
  const { manPage } = await import(join(outdir, "man-page.mjs"));
  rmSync(outdir, { recursive: true });
  return { reference, globalOptions, manPage: manPage(reference) };
}

/** So the help and the completion know all commands, and load none. */
function putReferenceInPlace({ onLoad, onEnd }, reference) {
  const file = resolve("src/cli/reference.ts");
  const missing = failWhileMissing([file], onEnd);
  onLoad({ filter: /[/\\]reference\.ts$/ }, ({ path }) =>
    path === file && missing.delete(path)
      ? { contents: `export const reference = ${JSON.stringify(reference)};` }
      : undefined,
  );
}

/**
 * Fails the build while any of some names is left in the set that is returned: a plugin whose file has moved, or whose
 * package has gone, would change the bundle silently.
 */
function failWhileMissing(names, onEnd) {
  const missing = new Set(names);
  onEnd(() => ({
    errors: [...missing].map((name) => ({ text: `scripts/build.mjs names ${name}, which is not found in the bundle` })),
  }));
  return missing;
}

/**
 * esbuild makes a chunk for each set of files that only some of the lazy ones need: for a send that was fifty small
 * files, of which each costs a look-up and a read. All that a send needs is one chunk when the other lazy files need it
 * too, and as nearly all of them connect, they do need most of it.
 */
function keepHotPathTogether({ onResolve, onLoad, onEnd }) {
  const missing = failWhileMissing(withoutBroker, onEnd);
  onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
    if (kind !== "dynamic-import") return undefined;
    const file = join(resolveDir, path);
    missing.delete(file);
    return withoutBroker.includes(file) ? undefined : { path: file, namespace: "hot-path" };
  });
  onLoad({ filter: /./, namespace: "hot-path" }, ({ path }) => ({
    contents: `export * from ${JSON.stringify(path)}; import ${JSON.stringify(resolve("src/cli/commands/send.ts"))};`,
    resolveDir: ".",
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
function measurePlainText({ onResolve, onLoad, onEnd }) {
  const missing = failWhileMissing(["string-width"], onEnd);
  onResolve({ filter: /^string-width$/ }, ({ path }) => {
    missing.delete(path);
    return { path, namespace: "plain-width" };
  });
  onLoad({ filter: /./, namespace: "plain-width" }, () => ({ contents: "export default (text) => text.length;" }));
}

function compileLibrary(folder) {
  const tsc = "node_modules/typescript/bin/tsc";
  execFileSync(process.execPath, [tsc, "--project", "tsconfig.build.json", "--outDir", folder], { stdio: "inherit" });
}

async function writeSchemas(folder, library, options) {
  const { messageSchema } = await import(join(library, "protocol", "message.js"));
  const { ackSchema } = await import(join(library, "protocol", "ack.js"));
  const { nodeConfigSchema } = await import(join(library, "config", "schema.js"));
  const { camelCase } = await import(join(library, "config", "options.js"));
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
    const { $schema, ...jsonSchema } = toJsonSchema(schema, { errorMode: "ignore" });
    const [title = `steward ${name.replace("cli-", "")} --json`, description] = titles[name] ?? [];
    if (name === "config") describeKeys(jsonSchema.properties, options, camelCase);
    const written = { $schema, title, description, ...jsonSchema };
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(written, null, 2)}\n`);
  }
}

/** The keys of a configuration file are options, and mean what the help says of those. */
function describeKeys(properties, options, camelCase) {
  for (const [name, { describe }] of Object.entries(options)) {
    const key = camelCase(name);
    if (key in properties) properties[key].description = describe;
  }
  properties.wait.description = "how long `steward send` waits for the outcome; default 30s";
  properties.from.description = "the sender's name; default the user's";
  properties.accept.description = "which messages the node accepts; the first matching rule decides";
  properties.policy.description = "the error policy; the first matching rule decides";
  properties.lanes.description = "settings of lanes; the first matching one is used";
}
