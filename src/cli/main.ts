#!/usr/bin/env node
import { messageOf, StewardError } from "../protocol/errors.ts";
import { version } from "../protocol/version.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { exitOnceWritten, print, tell } from "./print.ts";

const argv = process.argv.slice(2);

// Answered before anything else is loaded: scripts ask it often.
if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
  print(version);
} else {
  exitOnceWritten(await run());
}

async function run(): Promise<number> {
  process.stdout.on("error", onUnwritable);
  try {
    if (argv[0] === "__complete") {
      await (await import("./complete/complete.ts")).complete(argv.slice(1));
      return exitCodes.succeeded;
    }
    const { answer } = await import("./help.ts");
    const answered = answer(argv);
    if (answered !== undefined) {
      (answered.stream === "stdout" ? print : tell)(...answered.text.split("\n"));
      return answered.code;
    }
    const { runCommandLine } = await import("./register.ts");
    return await runCommandLine(argv);
  } catch (thrown) {
    const { explained } = await import("./explain.ts");
    const error = explained(thrown);
    const known = error instanceof StewardError;
    const note = known ? error.code : "a bug in steward; --log-level debug shows where";
    tell(`steward: ${messageOf(error)} (${note})`);
    if (isDebugging() && thrown instanceof Error) tell(...(thrown.stack ?? "").split("\n"));
    return known ? exitCodeOf(error.code) : exitCodes.failed;
  }
}

function onUnwritable(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") return; // A reader such as `head` has seen enough; the command still ends with its own code.
  tell(`steward: the output cannot be written: ${messageOf(error)}`);
  process.exit(exitCodes.failed);
}

function isDebugging(): boolean {
  const [before = ""] = argv.join(" ").split(" -- ", 1);
  return /(?:^| )--log-level[ =]debug\b/.test(before) || process.env["STEWARD_LOG_LEVEL"] === "debug";
}
