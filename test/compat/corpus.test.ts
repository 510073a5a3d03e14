import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe } from "vitest";
import { program } from "../support/steward.ts";
import { testsOf } from "./facts.ts";
import { kinds, record, type Recording } from "./recording.ts";

/**
 * What other versions wrote, a folder for each, is read by the parsers of today: it lies in somebody's log. So is what
 * the present program writes. `scripts/record-wire` sets STEWARD_RECORD, and thereby keeps that.
 */
const versions = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

describe.each(versions)("the data of %s", (version) => {
  const read = (kind: string): unknown =>
    JSON.parse(readFileSync(join(import.meta.dirname, version, `${kind}.json`), "utf8"));
  const recording = Object.fromEntries(kinds.map((kind) => [kind, read(kind)])) as Recording;
  testsOf(() => recording);
});

describe("the data of the present program", () => {
  let recording: Recording;
  beforeAll(async () => {
    const [folder, from = program] = (process.env["STEWARD_RECORD"] ?? "").split("=");
    recording = await record(from);
    if (folder === undefined || folder === "") return;
    mkdirSync(join(import.meta.dirname, folder), { recursive: true });
    for (const kind of kinds) {
      const lines = recording[kind].map((one) => JSON.stringify(one)).join(",\n");
      writeFileSync(join(import.meta.dirname, folder, `${kind}.json`), `[\n${lines}\n]\n`);
    }
  }, 120_000);
  testsOf(() => recording);
});
