import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import manifest from "../../../package.json" with { type: "json" };

const root = join(import.meta.dirname, "../../..");
const text = readFileSync(join(root, "docs/requirements.md"), "utf8");
const rows = [...text.matchAll(/^\| ([CS]\d+) \|.*\|(.*)\|$/gm)].map(([, number, shownBy = ""]) => ({
  number,
  shownBy,
}));

test("every requirement has a row", () => {
  const numbers = (letter: string, count: number) => Array.from({ length: count }, (_, at) => `${letter}${at + 1}`);
  expect(rows.map(({ number }) => number)).toEqual([...numbers("C", 7), ...numbers("S", 19)]);
});

test.for(rows)("$number names a test", ({ shownBy }) => {
  expect(shownBy).toMatch(/`test\/[\w/-]+\.test\.ts`/);
});

test("C2: the requested packages are dependencies", () => {
  const asked = ["nats", "@nats-io/jetstream", "@nats-io/kv", "yargs", "pino"];
  expect(Object.keys(manifest.dependencies)).toEqual(expect.arrayContaining(asked));
});

test("C3: the top level is as requested", () => {
  const asked = ["package.json", "tsconfig.json", "src", "streams", "scripts", "test", "docker-compose.yml"];
  expect(asked.filter((name) => !existsSync(join(root, name)))).toEqual([]);
});
