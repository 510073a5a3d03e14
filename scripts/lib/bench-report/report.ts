import { tableOf } from "../bench/report.ts";
import type { Machine, SuiteResult } from "../bench/result.ts";
import { linePlot } from "./line-plot.ts";
import { ratioPlot, type RatioRow } from "./ratio-plot.ts";

/** The output of `scripts/bench --json`: the results by the names of the suites. */
export type Figures = Readonly<Record<string, SuiteResult & Machine>>;

export interface Report {
  /** docs/performance.md with the figures in it. */
  readonly page: string;
  /** By their names in docs/performance/. */
  readonly pictures: ReadonlyMap<string, string>;
}

/**
 * Puts figures into their places in a page: between the two comments that name the suite. All other text is written by
 * people and stays. A suite without a place is added at the end.
 */
export function reportOf(figures: Figures, page: string): Report {
  const pictures = new Map<string, string>();
  let written = page;
  for (const [suite, result] of Object.entries(figures)) {
    const own = picturesOf(suite, result);
    for (const { file, svg } of own) {
      if (pictures.has(file)) throw new Error(`two plots are to be ${file}; give one another title`);
      pictures.set(file, svg);
    }
    const images = own.map(({ title, file }) => `![${title}](performance/${file})`);
    const section = [takenOn(result), tableOf(result.rows), ...images].join("\n\n");
    written = withSection(written, suite, section);
  }
  return { page: written, pictures };
}

interface Picture {
  readonly title: string;
  readonly file: string;
  readonly svg: string;
}

function picturesOf(suite: string, { rows, plots = [] }: SuiteResult): Picture[] {
  const beside = rows.filter((row): row is RatioRow => row.ratio !== undefined);
  const title = `${suite}: ratios to the floor`;
  const ratios = { title, file: fileOf(`${suite} ratios`), svg: beside.length > 1 ? ratioPlot(title, beside) : "" };
  const lines = plots.map((plot) => ({ title: plot.title, file: fileOf(plot.title), svg: linePlot(plot) }));
  return [...(beside.length > 1 ? [ratios] : []), ...lines];
}

function fileOf(title: string): string {
  return `${title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")}.svg`;
}

function takenOn({ date, cpu, cores, memoryGiB, node }: Machine): string {
  return `Taken on ${date.slice(0, 10)}: ${cores} cores of ${cpu ?? "an unknown make"}, ${memoryGiB} GiB, Node ${node.slice(1)}.`;
}

function withSection(page: string, suite: string, section: string): string {
  const [begin, end] = [`<!-- figures of ${suite} -->`, `<!-- end of ${suite} -->`];
  const block = `${begin}\n\n${section}\n\n${end}`;
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0) return `${page.trimEnd()}\n\n## ${suite}\n\n${block}\n`;
  if (to < from) throw new Error(`docs/performance.md: "${begin}" has no "${end}" behind it`);
  return page.slice(0, from) + block + page.slice(to + end.length);
}
