#!/usr/bin/env node
import { messageOf, StewardError } from "../protocol/errors.ts";
import { version } from "../protocol/version.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";

const argv = process.argv.slice(2);

// Answered before anything else is loaded: scripts ask it often.
if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  console.log(version);
} else {
  process.exitCode = await run();
}

async function run(): Promise<number> {
  try {
    const { runCommandLine } = await import("./register.ts");
    return await runCommandLine(argv);
  } catch (error) {
    const known = error instanceof StewardError;
    console.error(`steward: ${messageOf(error)}${known ? "" : " (a bug in steward; --log-level debug shows where)"}`);
    if (argv.includes("debug") && error instanceof Error) console.error(error.stack);
    return known ? exitCodeOf(error.code) : exitCodes.failed;
  }
}
