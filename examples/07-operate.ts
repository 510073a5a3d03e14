// Looks at the nodes, and holds a lane while something is repaired.
//
// Prints:
//   ship1 is up
//   ship2 is up
//   command.exec: 1 waiting, held: disk full
//   after resume: succeeded
import { setTimeout as delay } from "node:timers/promises";
import { connect } from "steward-nats";

const steward = await connect();

for (const { node, up } of await steward.nodes("ship*")) console.log(`${node} is ${up ? "up" : "down"}`);

await steward.lane("ship1", "command.exec", "pause", { reason: "disk full" });
const sent = await steward.send({ nodes: "ship1", subject: "exec", data: ["true"] });
while ((await steward.lanes("ship1"))[0]?.waiting !== 1) await delay(100);
for (const { lane, waiting, held } of await steward.lanes("ship1")) {
  console.log(`${lane}: ${waiting} waiting, held: ${held}`);
}

await steward.lane("ship1", "command.exec", "resume");
const [outcome] = (await sent.done({ wait: "30s" })).outcomes;
console.log(`after resume: ${outcome?.state}`);

await steward.close();
