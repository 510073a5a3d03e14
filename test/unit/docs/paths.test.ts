import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const folders = ["docs", "docs/decisions", "docs/research"];
const documents = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", ...folders.flatMap(markdownIn)];

test.for(documents)("the files in %s exist", (document) => {
  const text = readFileSync(join(root, document), "utf8");
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => join(dirname(document), path!));
  expect([...pathsIn(text), ...links].filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test.for(documents)("the headings to which %s links exist", (document) => {
  const text = readFileSync(join(root, document), "utf8");
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)];
  const broken = links.filter(([, path = "", anchor]) => {
    const page = path === "" ? document : join(dirname(document), path);
    return !anchorsIn(readFileSync(join(root, page), "utf8")).includes(anchor ?? "");
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});

test("the way of a message is described with the files that it passes through", () => {
  const paths = pathsIn(readFileSync(join(root, "docs/architecture.md"), "utf8"));
  expect(new Set(paths).size).toBeGreaterThan(30);
});

/** The paths of the repository in backquotes. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/`((?:src|test|scripts|streams|docs|packaging)\/[\w@./-]*)`/g)].map(([, path]) => path!);
}

/** The anchors of the headings of a page, as Markdown viewers make them. */
function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
}

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => (name.endsWith(".md") ? [`${folder}/${name}`] : []));
}
