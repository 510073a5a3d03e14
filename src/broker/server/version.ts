import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The version that a nats-server binary tells of itself, such as `2.15.2`; throws when it cannot be run or tells none. */
export async function readServerVersion(binary: string): Promise<string> {
  const { stdout } = await promisify(execFile)(binary, ["--version"], { timeout: 10_000 });
  const version = /\bv?(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error("it prints no version");
  return version;
}
