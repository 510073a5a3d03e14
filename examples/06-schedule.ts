// Sends on a schedule, which the broker keeps: this program need not run then.
//
// Prints:
//   @web: ship1, ship2
//   nightly on ship1, ship2: 30 4 * * 1-5
//   removed
import { connect } from "steward-nats";

const steward = await connect();

const group = await steward.groups.set("web", ["ship1", "ship2"]);
console.log(`@web: ${group.nodes.join(", ")}`);

await steward.schedules.put(
  { nodes: "@web", subject: "exec", data: ["true"], id: "nightly" },
  { cron: "30 4 * * 1-5", tz: "Europe/Oslo" },
);
for (const { id, nodes, rule } of await steward.schedules.list()) {
  if ("cron" in rule) console.log(`${id} on ${nodes.join(", ")}: ${rule.cron}`);
}

await steward.schedules.remove("nightly");
await steward.groups.remove("web");
console.log("removed");

await steward.close();
