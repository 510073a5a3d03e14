#!/usr/bin/env node
const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  version
} from "./chunks/chunk-RQDZDKP5.js";
import {
  assertTextArguments
} from "./chunks/chunk-WV5YP3BK.js";
import {
  exitCodeOf,
  exitCodes
} from "./chunks/chunk-P6SB6KP3.js";
import {
  print,
  printNote,
  stderr,
  stdout
} from "./chunks/chunk-VLDOLLNL.js";
import {
  StewardError,
  messageOf
} from "./chunks/chunk-IH65MIS5.js";
import "./chunks/chunk-7CBYIQL6.js";
import "./chunks/chunk-LCNIN5BG.js";

// src/cli/leave-terminal.ts
import { closeSync } from "node:fs";
import { isatty } from "node:tty";
function leaveTerminal() {
  for (const fd of [0, 1, 2]) if (isatty(fd)) closeSync(fd);
}
function leaveTerminalWhenKilled() {
  process.once("SIGTERM", () => {
    if (process.listenerCount("SIGTERM") > 0) return;
    if (isatty(0) && process.stdin.isRaw) process.stdin.setRawMode(false);
    process.kill(process.pid, "SIGTERM");
  });
}

// src/cli/main.ts
var argv = process.argv.slice(2);
leaveTerminalWhenKilled();
allowDeletedFolder();
var exitCode = await printed(await run());
await stderr.flush();
leaveTerminal();
process.exit(exitCode);
function allowDeletedFolder() {
  try {
    process.cwd();
  } catch {
    process.cwd = () => process.env["PWD"] ?? "/";
  }
}
async function run() {
  try {
    if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
      print(version);
      return { code: exitCodes.succeeded, reads: true };
    }
    if (argv[0] === "__complete") {
      await (await import("./chunks/complete-AJ7GPRU5.js")).complete(argv.slice(1));
      return { code: exitCodes.succeeded, reads: true };
    }
    assertTextArguments(argv);
    const { answer } = await import("./chunks/help-F4PAWHXH.js");
    const answered = answer(argv);
    if (answered !== void 0) {
      (answered.stream === "stdout" ? print : printNote)(answered.text.split("\n"));
      return { code: answered.code, reads: true };
    }
    const { runCommandLine } = await import("./chunks/run-command-7BWKOF2I.js");
    return await runCommandLine(argv);
  } catch (thrown) {
    const { explained } = await import("./chunks/explain-Z522ZVG5.js");
    const error = explained(thrown);
    const known = error instanceof StewardError;
    const note = known ? error.code : "a bug in steward; --log-level debug shows where";
    printNote(`steward: ${messageOf(error)} (${note})`);
    if (isDebugging() && thrown instanceof Error) printNote((thrown.stack ?? "").split("\n"));
    return { code: known ? exitCodeOf(error.code) : exitCodes.failed, reads: false };
  }
}
async function printed({ code, reads }) {
  await stdout.flush();
  const { fault } = stdout;
  if (fault !== void 0) printNote(`steward: the output cannot be written: ${messageOf(fault)}`);
  if (code !== exitCodes.succeeded) return code;
  if (fault !== void 0) return reads ? exitCodes.failed : exitCodes.incomplete;
  return stdout.isPartial && !stdout.isTerminal && !stdout.closed.aborted ? exitCodes.incomplete : code;
}
function isDebugging() {
  const [before = ""] = argv.join(" ").split(" -- ", 1);
  return /(?:^| )--log-level[ =]debug\b/.test(before) || process.env["STEWARD_LOG_LEVEL"] === "debug";
}
