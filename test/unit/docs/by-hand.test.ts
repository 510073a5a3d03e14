import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

/** Each file that speaks to JetStream by itself, and the record that says why no package does it. */
const byHand: Readonly<Record<string, number>> = {
  "broker/connection/connect.ts": 33,
  "broker/health/rights.ts": 33,
  "broker/move/delete-old-queue.ts": 34,
  "broker/move/move-queue.ts": 34,
  "broker/read/delivery-place.ts": 6,
  "broker/read/direct-get.ts": 26,
  "broker/read/idle-signs.ts": 36,
  "broker/read/page.ts": 26,
  "broker/read/pull.ts": 6,
  "broker/read/reader.ts": 26,
  "broker/read/stream-info.ts": 33,
  "broker/topology/consumer.ts": 33,
  "broker/topology/lost-consumer.ts": 36,
  "broker/write/remove.ts": 33,
};

const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => ({ name, source: parsed(join(root, "src", name)) }));

test("JetStream's subjects are written by hand only where a record says why", () => {
  expect(filesThatSay(/^\$JS\./)).toEqual(Object.keys(byHand));
  for (const [name, number] of Object.entries(byHand)) expect(record(number)).toContain(`src/${name}`);
});

test("one file knows where a bucket keeps its keys", () => {
  expect(filesThatSay(/^\$KV\./)).toEqual(["broker/connection/stream-names.ts"]);
});

test("the packages are loaded when they are needed, since a send must not wait for them", () => {
  const atOnce = files.filter(({ source }) => imports(source).some((path) => path.startsWith("@nats-io/")));
  expect(atOnce.map(({ name }) => name).toSorted()).toEqual([
    "broker/topology/apply.ts",
    "broker/topology/server-answers.ts",
  ]);
});

/** The files in which a text begins so. */
function filesThatSay(pattern: RegExp): string[] {
  return files
    .filter(({ source }) => texts(source).some((text) => pattern.test(text)))
    .map(({ name }) => name)
    .toSorted();
}

function texts(node: ts.Node): string[] {
  const own = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) ? [node.text] : [];
  const within: string[] = [];
  ts.forEachChild(node, (child) => void within.push(...texts(child)));
  return [...own, ...within];
}

/** What a file imports beside types. */
function imports(source: ts.SourceFile): string[] {
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
      return [];
    return ts.isStringLiteral(statement.moduleSpecifier) ? [statement.moduleSpecifier.text] : [];
  });
}

function record(number: number): string {
  const folder = join(root, "docs/decisions");
  const file = readdirSync(folder).find((name) => name.startsWith(String(number).padStart(4, "0")));
  expect(file !== undefined && existsSync(join(folder, file))).toBe(true);
  return readFileSync(join(folder, file ?? ""), "utf8");
}

function parsed(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
}
