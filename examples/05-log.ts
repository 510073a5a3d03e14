// Reads the log: what happened on all nodes, and what happens from now on.
//
// Prints:
//   ship1 exec: started
//   ship1 exec: succeeded
//   behind the cursor: ship1 ping succeeded
import { connect } from "steward-nats";

const steward = await connect();
const { id } = await steward.send({ nodes: "ship1", subject: "exec", data: ["true"], id: "log-example" });
await (await steward.attach(id)).done({ wait: "30s" });

let cursor: string | undefined;
for await (const ack of steward.log({ nodes: "ship1", id, since: "1h" })) {
  console.log(`${ack.node} ${ack.subject}: ${ack.state}`);
  ({ cursor } = ack);
}

// With `follow` it does not end by itself: `break` or a signal ends it. It goes on after a lost connection.
await steward.send({ nodes: "ship1", subject: "ping" });
for await (const ack of steward.log({ subject: "ping", states: ["succeeded"], follow: true, after: cursor })) {
  console.log(`behind the cursor: ${ack.node} ${ack.subject} ${ack.state}`);
  break;
}

await steward.close();
