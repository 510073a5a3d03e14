const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  asLines,
  stdout,
  writeOutput
} from "./chunk-VLDOLLNL.js";

// src/cli/print-lines.ts
async function printLines(items, textOf, signal) {
  try {
    for await (const item of items) {
      const text = textOf(item);
      await writeOutput("stdout", typeof text === "string" ? Buffer.from(asLines([text])) : text);
      if (stdout.closed.aborted) return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

export {
  printLines
};
