import { expect, test } from "vitest";
import { reportOf, type Figures } from "../../../scripts/lib/bench-report/report.ts";
import { rowBeside } from "./support.ts";

const machine = { date: "2026-01-02T03:04:05Z", cpu: "Some CPU", cores: 2, memoryGiB: 8, node: "v20.1.0" };
const row = rowBeside({ name: "round trip, ping", broker: "fsync on", unit: "ms", bound: 1.3 }, [1.1, 1.2, 1.2]);
const figures: Figures = {
  messages: { ...machine, rows: [row, row] },
  history: {
    ...machine,
    rows: [row],
    plots: [{ title: "Status, and history", x: "ACKs", y: "ms", lines: [{ name: "status", points: [[1, 1]] }] }],
  },
};
const page = "# Performance\n\nBefore.\n\n<!-- figures of messages -->\nold\n<!-- end of messages -->\n\nAfter.\n";

test("figures are put into their place, and text written by people stays", () => {
  const { page: written } = reportOf(figures, page);
  expect(written).toMatch(/^# Performance\n\nBefore\.\n\n<!-- figures of messages -->\n\nTaken on 2026-01-02: 2 cores/);
  expect(written).toContain("| round trip, ping | fsync on | 10 ms | 12 ms   | 1.20 (1.10–1.20)       | ≤ 1.3 |");
  expect(written).not.toContain("old");
  expect(written).toMatch(/<!-- end of messages -->\n\nAfter\.\n\n## history\n\n<!-- figures of history -->/);
});

test("made again, it is the same", () => {
  const once = reportOf(figures, page);
  expect(reportOf(figures, once.page)).toEqual(once);
});

test("each plot, and the ratios of a suite of several, are a picture that the page shows", () => {
  const { page: written, pictures } = reportOf(figures, page);
  expect([...pictures.keys()]).toEqual(["messages-ratios.svg", "status-and-history.svg"]);
  for (const name of pictures.keys()) expect(written).toContain(`](performance/${name})`);
});

test("two plots of one name are refused, and a place without an end", () => {
  const { history } = figures;
  expect(() => reportOf({ ...figures, ...(history && { again: history }) }, page)).toThrow("status-and-history.svg");
  expect(() => reportOf(figures, page.replace("<!-- end of messages -->", ""))).toThrow("has no");
});
