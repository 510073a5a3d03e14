import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { once } from "node:events";
import { startBroker } from "../bench/broker.ts";
import { nodeNames, startLightNodes } from "./nodes.ts";

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { server: { type: "string" }, processes: { type: "string" } },
  });
  const count = Number(positionals[0]);
  if (positionals.length !== 1 || !Number.isInteger(count) || count < 1 || count > 99_999) {
    throw new Error("scripts/fleet takes the number of nodes, from 1 to 99999");
  }
  const processes = Number(values.processes ?? Math.min(count, availableParallelism()));
  if (!Number.isInteger(processes) || processes < 1) throw new Error("--processes takes a number from 1 on");

  const interruption = new AbortController();
  const interrupted = once(interruption.signal, "abort");
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => interruption.abort(new Error("stopped before all nodes were up")));
  }
  const home = mkdtempSync(join(tmpdir(), "steward-fleet-broker-"));
  try {
    await using broker = values.server === undefined ? await startBroker(home, true) : undefined;
    const url = values.server ?? broker?.url ?? "";
    if (broker !== undefined) say(`a broker for them listens at ${url}; export NATS_URL=${url}`);
    const begun = performance.now();
    say(`starting ${count} nodes in ${processes} processes`);
    await using nodes = await startLightNodes(
      join(import.meta.dirname, "process.mjs"),
      url,
      nodeNames(count),
      processes,
      interruption.signal,
    );
    say(`${count} nodes are up after ${((performance.now() - begun) / 1000).toFixed(1)} s; Ctrl-C ends them`);
    await Promise.race([interrupted, nodes.lost]);
    say("stopping");
    await nodes.stop();
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function say(text: string): void {
  console.error(`– ${text}`);
}
