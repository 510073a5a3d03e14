import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

test(
  "the links of every page in the npm package lead to a file, or a folder, of the package",
  { timeout: 30_000 },
  () => {
    const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root });
    const [{ files }] = JSON.parse(packed.toString()) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);
    const pages = paths.filter((path) => path.endsWith(".md"));
    expect(pages).toEqual(
      expect.arrayContaining(["README.md", "docs/errors.md", "docs/handlers.md", "CONTRIBUTING.md"]),
    );
    const broken = pages.flatMap((page) =>
      linksOf(page)
        .filter((link) => !paths.some((path) => path === link || path.startsWith(`${link.replace(/\/$/, "")}/`)))
        .map((link) => `${page}: ${link}`),
    );
    expect(broken).toEqual([]);
  },
);

/** The relative links and pictures of a page, from the top folder. */
function linksOf(page: string): string[] {
  const links = readFileSync(join(root, page), "utf8").matchAll(/\]\((?![a-z]+:|#)([^)#]+)/g);
  return [...links].map(([, link = ""]) => join(page, "..", link));
}
