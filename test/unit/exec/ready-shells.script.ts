/** Run by ready-shells.test.ts in a process of its own: prints the pid of a shell that waits, and stays unless told to end. */
import { markedProcesses } from "../../../src/exec/marked-processes.ts";
import { ReadyShells } from "../../../src/exec/ready-shells.ts";
import { runChild } from "../../../src/exec/run-child.ts";

const prefix = `READY_SCRIPT_${process.pid}`;
const env = { PATH: process.env["PATH"], [prefix]: "1" };
const shells = new ReadyShells(env);
const { signal } = new AbortController();
await runChild({ argv: ["true"], env, shells, signal, killGraceMs: 100, outputLimit: 100 });
while (shells.idle === 0) await new Promise((resolve) => setTimeout(resolve, 5));
console.log(markedProcesses(prefix)[0]?.pid);
if (process.argv.at(-1) !== "end") setInterval(() => undefined, 1000);
