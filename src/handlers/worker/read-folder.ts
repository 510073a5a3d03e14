import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { Logger } from "pino";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { WorkerProcess, type WorkerSettings } from "./worker-process.ts";

/** The memory limit for loading all files one after the other, in megabytes. */
const loadMemoryMb = 1024;

/** A user's file, and the settings of its handlers. The settings are not checked yet. */
export interface HandlerFile {
  readonly file: string;
  readonly definitions: readonly unknown[];
}

/**
 * Loads the `.js` and `.mjs` files of a folder, but not of its subfolders. The files are loaded in a process that ends
 * afterwards.
 * @throws StewardError badSettings for the first file that cannot be loaded or that exports no handler
 */
export async function readFolder(folder: string, settings: WorkerSettings, log: Logger): Promise<HandlerFile[]> {
  const files = await filesIn(folder);
  if (files.length === 0) log.warn(`${folder} has no handlers: no file in it ends in .js or .mjs`);
  const found: HandlerFile[] = [];
  let at = folder;
  return new Promise((done, failed) => {
    const reader = new WorkerProcess({ files, memoryMb: loadMemoryMb, outputLimit: 0 }, settings, {
      line: (text) => log.info({ file: at }, text),
      report: (report) => {
        if (report.kind === "loading") at = report.file;
        if (report.kind === "found") found.push({ file: report.file, definitions: parse(report.definitions) });
        if (report.kind !== "ready") return;
        done(found);
        reader.kill("it has read all");
      },
      ended: (why) => failed(fault(at, why)),
    });
  });
}

/** The error about a file of the folder. */
export function fault(file: string, what: string): StewardError {
  return new StewardError("badSettings", `${file}: ${what}`, { about: "handlers" });
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory() && /\.m?js$/.test(entry.name));
    return files.map(({ name }) => resolve(folder, name)).toSorted();
  } catch (error) {
    throw fault(folder, messageOf(error));
  }
}

function parse(definitions: string): readonly unknown[] {
  return JSON.parse(definitions) as readonly unknown[];
}
