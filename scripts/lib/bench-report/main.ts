// Makes docs/performance.md and its pictures from the figures in a file.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reportOf, type Figures } from "./report.ts";

const [file = "docs/performance/figures.json"] = process.argv.slice(2);
const [page, folder] = ["docs/performance.md", "docs/performance"];

const figures = JSON.parse(readFileSync(file, "utf8")) as Figures;
const report = reportOf(figures, readFileSync(page, "utf8"));
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) if (name.endsWith(".svg")) rmSync(join(folder, name));
for (const [name, svg] of report.pictures) writeFileSync(join(folder, name), svg);
writeFileSync(page, report.page);
console.log(`${page}: ${Object.keys(figures).join(", ")}; ${report.pictures.size} pictures in ${folder}`);
