// count-outcomes <sends> <acks> <node>...: fails unless each send ended as sends may while the broker comes and goes, and
// each that reported success has exactly one final ACK on each node. <sends> has lines of exit code and id; <acks> is
// what `steward log --json` prints.
import { readFileSync } from "node:fs";

const [sendsFile, acksFile, ...nodes] = process.argv.slice(2);
const linesOf = (file) => readFileSync(file, "utf8").trim().split("\n");

const sends = linesOf(sendsFile).map((line) => line.split(" "));
const finals = linesOf(acksFile)
  .map((line) => JSON.parse(line))
  .filter(({ state }) => state !== "started" && state !== "retrying");

// Succeeded, still queued, not stored: see the exit codes of `steward send`.
const strange = sends.filter(([code]) => !["0", "3", "4"].includes(code));
const successes = sends.filter(([code]) => code === "0").map(([, id]) => id);
const faults = strange.map(([code, id]) => `the send of ${id} ended with ${code}`);
for (const id of successes) {
  for (const node of nodes) {
    const count = finals.filter((ack) => ack.id === id && ack.node === node).length;
    if (count !== 1) faults.push(`${id} has ${count} final ACKs on ${node}`);
  }
}
for (const fault of faults) console.error(fault);
console.error(`– ${successes.length} of ${sends.length} sends reported success, to ${nodes.length} nodes each`);
process.exitCode = faults.length === 0 && successes.length > 0 ? 0 : 1;
