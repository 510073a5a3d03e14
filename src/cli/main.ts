#!/usr/bin/env node
import { messageOf, StewardError } from "../protocol/errors.ts";
import { version } from "../protocol/version.ts";
import { assertTextArguments } from "../config/argument-bytes.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { leaveTerminal, leaveTerminalWhenKilled } from "./leave-terminal.ts";
import { print, printNote } from "./print.ts";
import type { Ended } from "./run-command.ts";
import { stderr, stdout } from "./stdio.ts";

const argv = process.argv.slice(2);
leaveTerminalWhenKilled();
allowDeletedFolder();
const exitCode = await printed(await run());
await stderr.flush();
leaveTerminal();
// Exit explicitly, because a pending connect to a silent server would keep the process alive for two minutes.
process.exit(exitCode);

/**
 * Makes `process.cwd()` return the name of the working folder if the folder was deleted. Without this change
 * `process.cwd()` throws, but most commands do not need the folder.
 */
function allowDeletedFolder(): void {
  try {
    process.cwd();
  } catch {
    process.cwd = () => process.env["PWD"] ?? "/";
  }
}

async function run(): Promise<Ended> {
  try {
    // The version is printed before anything else is loaded, because scripts ask for the version often.
    if (argv.length === 1 && (argv[0] === "--version" || argv[0] === "-V")) {
      print(version);
      return { code: exitCodes.succeeded, reads: true };
    }
    if (argv[0] === "__complete") {
      await (await import("./complete/complete.ts")).complete(argv.slice(1));
      return { code: exitCodes.succeeded, reads: true };
    }
    assertTextArguments(argv);
    const { answer } = await import("./help.ts");
    const answered = answer(argv);
    if (answered !== undefined) {
      (answered.stream === "stdout" ? print : printNote)(answered.text.split("\n"));
      return { code: answered.code, reads: true };
    }
    const { runCommandLine } = await import("./run-command.ts");
    return await runCommandLine(argv);
  } catch (thrown) {
    const { explained } = await import("./explain.ts");
    const error = explained(thrown);
    const known = error instanceof StewardError;
    const note = known ? error.code : "a bug in steward; --log-level debug shows where";
    printNote(`steward: ${messageOf(error)} (${note})`);
    if (isDebugging() && thrown instanceof Error) printNote((thrown.stack ?? "").split("\n"));
    return { code: known ? exitCodeOf(error.code) : exitCodes.failed, reads: false };
  }
}

/**
 * Waits until stdout is written or has failed, and returns the exit code. The exit code of a failed message takes
 * precedence over that of lost output.
 */
async function printed({ code, reads }: Ended): Promise<number> {
  await stdout.flush();
  const { fault } = stdout;
  if (fault !== undefined) printNote(`steward: the output cannot be written: ${messageOf(fault)}`);
  if (code !== exitCodes.succeeded) return code;
  if (fault !== undefined) return reads ? exitCodes.failed : exitCodes.incomplete;
  return stdout.isPartial && !stdout.isTerminal && !stdout.closed.aborted ? exitCodes.incomplete : code;
}

function isDebugging(): boolean {
  const [before = ""] = argv.join(" ").split(" -- ", 1);
  return /(?:^| )--log-level[ =]debug\b/.test(before) || process.env["STEWARD_LOG_LEVEL"] === "debug";
}
