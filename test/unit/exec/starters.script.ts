/** Run by starters.test.ts in a process of its own: prints the pid of a shell that waits, and stays unless told to end. */
import { markedProcesses } from "../../../src/exec/marked-processes.ts";
import { Starters } from "../../../src/exec/starters.ts";
import { runChild } from "../../../src/exec/run-child.ts";

const prefix = `READY_SCRIPT_${process.pid}`;
const env = { PATH: process.env["PATH"], [prefix]: "1" };
const starters = new Starters(env);
const { signal } = new AbortController();
await runChild({ argv: ["true"], env, starters, signal, killGraceMs: 100, outputLimit: 100 });
while (starters.ready === 0) await new Promise((resolve) => setTimeout(resolve, 5));
console.log(markedProcesses(prefix)[0]?.pid);
if (process.argv.at(-1) !== "end") setInterval(() => undefined, 1000);
