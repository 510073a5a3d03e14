import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Handler, RunContext, RunResult } from "../../../src/handlers/define.ts";
import { messageWith } from "../node/support.ts";

/** Runs a handler as the daemon would, on data that its schema has accepted. */
export async function runHandler(
  handler: Handler | undefined,
  data: readonly string[],
  changes: Partial<RunContext> = {},
): Promise<RunResult> {
  const { messageType, subject } = handler!;
  return handler!.run({
    message: messageWith({ messageType, subject, data, from: "ship1" }),
    data,
    signal: new AbortController().signal,
    env: { PATH: process.env["PATH"] },
    dataDir: tmpdir(),
    ...changes,
  });
}

/** Why a handler's schema refuses data, or `accepted`. */
export async function faultOf(handler: Handler | undefined, data: readonly string[]): Promise<string> {
  const { issues } = await handler!.data["~standard"].validate(data);
  return issues?.[0]?.message ?? "accepted";
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "steward-handlers-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
