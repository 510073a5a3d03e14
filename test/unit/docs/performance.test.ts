import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reportOf, type Figures } from "../../../scripts/lib/bench-report/report.ts";

const docs = join(import.meta.dirname, "../../../docs");
const figures = join(docs, "performance/figures.json");

test("docs/performance.md and its pictures are the output of scripts/bench-report for these figures", () => {
  const page = readFileSync(join(docs, "performance.md"), "utf8");
  const report = reportOf(JSON.parse(readFileSync(figures, "utf8")) as Figures, page);
  expect(report.page).toBe(page);
  const drawn = readdirSync(join(docs, "performance")).filter((name) => name.endsWith(".svg"));
  expect(drawn.toSorted()).toEqual([...report.pictures.keys()].toSorted());
  for (const [name, svg] of report.pictures) {
    expect(readFileSync(join(docs, "performance", name), "utf8")).toBe(svg);
  }
});
