import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const page = readFileSync(join(import.meta.dirname, "../../../docs/research/command-lines.md"), "utf8");
const [tables = "", sources = ""] = page.slice(page.indexOf("## When it ends")).split("## Sources");
const rows = tables
  .split("\n")
  .filter((line) => /^\| [^|]/.test(line) && !line.startsWith("| | "))
  .map((line) => line.split(" | ").map((cell) => cell.replaceAll(/^\| | \|$/g, "")));

test("each cell about another tool has a source, or an observed run, or says that none was found", () => {
  expect(rows.length).toBeGreaterThan(25);
  expect(rows.filter((row) => row.length !== 8)).toEqual([]);
  const cells = rows.flatMap(([habit, _ours, ...others]) => others.map((cell) => `${habit}: ${cell}`));
  expect(cells.filter((cell) => !/\[\d+\]|\(seen\)|not found in its documentation/.test(cell))).toEqual([]);
});

test("each listed source is used, and each used one is listed", () => {
  const used = [...tables.matchAll(/\[(\d+)\]/g)].map(([, number]) => Number(number));
  const listed = [...sources.matchAll(/^(\d+)\. .*?<https:/gms)].map(([, number]) => Number(number));
  expect([...new Set(used)].toSorted((a, b) => a - b)).toEqual(listed);
});
