// Sends a command to one node, and waits for its end.
//
// Prints:
//   ship1: succeeded, exit code 0
//   hello from ship1
import { connect } from "steward-nats";

// Without `servers` the broker is found as the command line finds it: by NATS_URL, steward.yaml, contexts.
const steward = await connect();

// Resolves once the broker has stored the message. The node may be away: then it runs later.
const sent = await steward.send({ nodes: "ship1", subject: "exec", data: ["echo", "hello from ship1"] });

// The wait is required: a node may be away for weeks.
const result = await sent.done({ wait: "30s" });

for (const { node, state, exitCode, stdout } of result.outcomes) {
  console.log(`${node}: ${state}, exit code ${exitCode}`);
  process.stdout.write(stdout);
}

await steward.close();
