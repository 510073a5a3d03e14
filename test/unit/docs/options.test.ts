import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test, vi } from "vitest";

// The compiler reads all of src/.
vi.setConfig({ testTimeout: 30_000 });

const source = join(import.meta.dirname, "../../../src");

/** Strings with an option in them that is not one of `steward`, by their file. */
const ofOtherPrograms: Readonly<Record<string, readonly string[]>> = {
  "broker/server/find.ts": ["--version"], // nats-server
  // pip, and Python's zipfile.
  "broker/server/fetch.ts": ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--dest", "--extract"],
};

test("below the command line no text names its options, because a program has none", () => {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" });
  const below = files.filter((file) => file.endsWith(".ts") && !file.startsWith("cli/"));
  const named = below.map((file) => [file, textsIn(file).filter((text) => /(?:^|[^\w-])--[a-z]/.test(text))] as const);
  expect(Object.fromEntries(named.filter(([, texts]) => texts.length > 0))).toEqual(ofOtherPrograms);
});

/** The texts of a file, without its comments. */
function textsIn(file: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(join(source, file), "utf8"), ts.ScriptTarget.Latest));
  return texts;
}
