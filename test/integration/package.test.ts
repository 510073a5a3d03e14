import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { cleanEnvironment } from "../support/steward.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const examples = (await readdir(join(root, "examples"))).filter((name) => name.endsWith(".ts")).toSorted();

/** An empty folder with the package installed, as a user has it. */
let app: string;
let fleet: Fleet;
beforeAll(async () => {
  app = await mkdtemp(join(tmpdir(), "steward-app-"));
  const [, server] = await Promise.all([install(), startFleet(["ship1", "ship2"])]);
  fleet = server;
}, 180_000);
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(app, { recursive: true });
});

async function install(): Promise<void> {
  const { stdout } = await run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", app], {
    cwd: root,
  });
  await writeFile(join(app, "package.json"), '{ "name": "app", "private": true, "type": "module" }');
  const quietly = ["--prefer-offline", "--no-audit", "--no-fund", "--no-save", "--loglevel=error"];
  await run("npm", ["install", ...quietly, join(app, stdout.trim())], { cwd: app });
  // What a project in TypeScript has beside it.
  await symlink(join(root, "node_modules/@types"), join(app, "node_modules/@types"));
  await symlink(join(root, "node_modules/undici-types"), join(app, "node_modules/undici-types"));
  await cp(join(root, "examples"), app, { recursive: true });
  const types = await readFile(join(root, "test/types/client.ts"), "utf8");
  await writeFile(join(app, "types.ts"), types.replace("../../src/index.ts", "steward-nats"));
}

const tsc = (...args: readonly string[]) =>
  run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...args], { cwd: app });

const node = async (file: string): Promise<string> => {
  const { stdout } = await run(process.execPath, [file], { cwd: app, env: cleanEnvironment(fleet.server.url) });
  return stdout;
};

describe("from TypeScript", () => {
  beforeAll(async () => {
    await tsc("--project", "tsconfig.json");
  }, 120_000);

  test.each(examples)("examples/%s prints its documented output", async (name) => {
    const header = (await readFile(join(root, "examples", name), "utf8")).match(/^\/\/ Prints:\n((?:\/\/ {3}.*\n)+)/m);
    const expected = header?.[1]?.replaceAll(/^\/\/ {3}/gm, "");
    expect(await node(name.replace(/\.ts$/, ".js"))).toBe(expected);
  });
});

test("from plain JavaScript", async () => {
  await writeFile(
    join(app, "plain.mjs"),
    `import { connect, StewardError } from "steward-nats";
     const steward = await connect({ servers: process.env.NATS_URL, from: "plain" });
     const result = await steward.run({ nodes: "ship1", subject: "exec", data: ["echo", "plain"] }, { wait: "30s" });
     console.log(result.outcomes[0].stdout.trim(), result.outcomes[0].ack.message.from);
     const error = await steward.attach("nowhere").catch((thrown) => thrown);
     console.log(StewardError.is(error, "notFound"), error instanceof Error);
     await steward.close();`,
  );
  expect(await node("plain.mjs")).toBe("plain plain\ntrue true\n");
});

test("the library finds each file that it loads, also those that it loads later", async () => {
  const library = join(app, "node_modules/steward-nats/dist/lib");
  const files = await imported(join(library, "index.js"));
  expect(files).toContain(join(library, "client/events.js"));
  await writeFile(
    join(app, "every-file.mjs"),
    [...files].map((file) => `await import(${JSON.stringify(file)});\n`).join("") + 'console.log("all");',
  );
  expect(await node("every-file.mjs")).toBe("all\n");
});

/** A file, and all that it imports, at once or later. */
async function imported(file: string, files: Set<string> = new Set()): Promise<Set<string>> {
  if (files.has(file)) return files;
  files.add(file);
  for (const [, path = ""] of (await readFile(file, "utf8")).matchAll(/(?:from |import\(|import )"(\.[^"]*)"/g)) {
    await imported(join(file, "..", path), files);
  }
  return files;
}

test("CommonJS can load it too", async () => {
  await writeFile(
    join(app, "common.cjs"),
    'import("steward-nats").then(({ connect }) => console.log(typeof connect));',
  );
  expect(await node("common.cjs")).toBe("function\n");
});
