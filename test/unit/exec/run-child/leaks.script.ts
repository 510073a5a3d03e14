/** Run by leaks.test.ts in a process of its own, which must end by itself. Prints one line of JSON. */
import { setImmediate } from "node:timers/promises";
import { runChild } from "../../../../src/exec/run-child.ts";

async function run(...argv: [string, ...string[]]): Promise<void> {
  const { signal } = new AbortController();
  await runChild({ argv, signal, killGraceMs: 1000, outputLimit: 100 }).catch(() => {});
}

async function runAborted(seconds: string): Promise<void> {
  const controller = new AbortController();
  const result = runChild({ argv: ["sleep", seconds], signal: controller.signal, killGraceMs: 0, outputLimit: 100 });
  controller.abort();
  await result;
}

/** As if the program ran as another user, from now on. */
async function runGivenUp(): Promise<void> {
  process.kill = () => {
    throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
  };
  await runAborted("3");
}

/** What keeps this process alive, once handles that were closed had their turn to go. */
async function resources(): Promise<string> {
  await setImmediate();
  await setImmediate();
  return process.getActiveResourcesInfo().toSorted().join(" ");
}

await run("true"); // Node makes its own stderr ready with the first one
const before = await resources();
for (let count = 0; count < 1000; count++) await run("true");
const afterThousand = await resources();
await run("no-such-program");
await run("true", "\0");
const afterFailures = await resources();
await runAborted("100");
const afterAbort = await resources();
await run("sh", "-c", "sleep 1 &");
const afterBackground = await resources();
await runGivenUp();
const afterGivingUp = await resources();
console.log(JSON.stringify({ before, afterThousand, afterFailures, afterAbort, afterBackground, afterGivingUp }));
