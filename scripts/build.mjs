// Builds the package into dist/: the program (bin/), its completion (completion/) and man page (man/), the library (lib/)
// and the JSON Schemas (schemas/).
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, resolve } from "node:path";
import { toJsonSchema } from "@valibot/to-json-schema";
import { build } from "esbuild";

process.chdir(join(import.meta.dirname, ".."));

const forNode = { bundle: true, format: "esm", platform: "node", target: "node20" };

/** Titles for the schemas, which editors show. */
const titles = {
  message: ["Steward message", "A message as it travels"],
  ack: ["Steward ACK", "What became of a message"],
  config: ["Steward configuration", "steward.yaml, see docs/configuration.md"],
};

/** Loaded lazily and without a broker, so they do not use the code that other commands share. */
const withoutBroker = [
  "src/cli/run-command.ts",
  "src/cli/help.ts",
  "src/cli/explain.ts",
  "src/cli/complete/complete.ts",
  "src/cli/commands/config.ts",
  "src/cli/commands/completion.ts",
  "src/config/config-file.ts",
].map((path) => resolve(path));

// Built next to dist/ and moved into its place when complete, so that a failed build leaves the earlier one usable.
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

/** One file to run, and a chunk for each lazy import: every call pays for the start-up. */
async function bundleProgram(folder, reference) {
  await build({
    entryPoints: {
      steward: "src/cli/main.ts",
      "handler-process": "src/handlers/worker/process.ts",
      "handler-thread": "src/handlers/worker/thread.ts",
      // The library that users' handlers import as `steward-nats`.
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

/** The reference of all commands, and the man page made from it. */
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

/** With it, the help and the completion know all commands without loading them. */
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
 * Fails the build if some names are left in the returned set: when a plugin's file has moved, or its package was
 * removed, the plugin would change the bundle silently.
 */
function failWhileMissing(names, onEnd) {
  const missing = new Set(names);
  onEnd(() => ({
    errors: [...missing].map((name) => ({ text: `scripts/build.mjs names ${name}, which is not found in the bundle` })),
  }));
  return missing;
}

/**
 * By default esbuild makes a chunk for each set of files that some lazy files share: a send then loaded fifty small
 * files, each with a look-up and a read. Here all files that a send needs are one chunk. Other lazy files load that
 * chunk too; as nearly all of them connect, they need most of it.
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

/**
 * For `await import(package)` of a CommonJS package, esbuild would provide only the default export; Node provides the
 * names.
 */
function keepNamesOfLazyPackages({ onResolve, onLoad }) {
  onResolve({ filter: /^[^./]/ }, ({ kind, path }) =>
    kind === "dynamic-import" && !isBuiltin(path) ? { path, namespace: "lazy" } : undefined,
  );
  onLoad({ filter: /./, namespace: "lazy" }, async ({ path }) => {
    const names = Object.keys(await import(path)).filter((name) => name !== "module.exports");
    return { contents: `export { ${names.join(", ")} } from "${path}";`, resolveDir: "." };
  });
}

/**
 * yargs measures its help with a package that loads Intl's segmenter: 20 ms of every call, for help in plain letters.
 */
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
  // The compiled file would look for package.json in dist/, because it is one folder deeper than its source.
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  writeFileSync(join(folder, "protocol", "version.js"), `export const version = ${JSON.stringify(version)};\n`);
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
    // Checks by a function cannot be written in JSON Schema and are left out; the program still makes them.
    const { $schema, ...jsonSchema } = toJsonSchema(schema, { errorMode: "ignore" });
    const [title = `steward ${name.replace("cli-", "")} --json`, description] = titles[name] ?? [];
    if (name === "config") describeKeys(jsonSchema.properties, options, camelCase);
    const written = { $schema, title, description, ...jsonSchema };
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(written, null, 2)}\n`);
  }
}

/** The keys of a configuration file are options, with the descriptions of the help. */
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
