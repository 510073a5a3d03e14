import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** Runs a program with bare means, to its end, and gives what goes into an ACK of it. */
export async function spawned([program = "", ...args]: readonly string[]): Promise<object> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { exitCode: child.exitCode, output: { stdout, stderr } };
}
