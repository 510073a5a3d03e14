// Sends to many nodes. What happens on a node is a state in the result, not an exception.
//
// Prints:
//   reaches ship1, ship2
//   ship1: succeeded
//   ship2: failed (exit code 3)
//   not everywhere: notAllOk
//   pending: ship3
//   cancelled: ship3
import { connect, StewardError } from "steward-nats";

const steward = await connect();

// Patterns, groups (`@web`), labels and `all`. `prepare` shows the nodes before anything is sent.
const prepared = await steward.prepare({
  nodes: { nodes: "ship*", exclude: "ship9" },
  subject: "shell",
  data: ['test "$STEWARD_RUN_NODE" = ship1 || exit 3'],
});
console.log(`reaches ${prepared.nodes.join(", ")}`);

// `run` is `send` and `done` in one.
const result = await steward.run(prepared, { wait: "30s" });
for (const { node, state, exitCode, ok } of result.outcomes) {
  console.log(`${node}: ${state}${ok ? "" : ` (exit code ${exitCode})`}`);
}

// If a program needs success everywhere, it asks for that.
try {
  result.orThrow();
} catch (error) {
  if (!StewardError.is(error, "notAllOk")) throw error;
  console.log(`not everywhere: ${error.code}`);
}

// A node that is away stays pending; `done` resolves at the end of the wait all the same.
const later = await steward.send({ nodes: ["ship1", "ship3"], subject: "exec", data: ["true"] });
const { pending } = await later.done({ wait: "2s" });
console.log(`pending: ${pending.join(", ")}`);

// What has not started never runs once it is cancelled.
const cancelled = await later.cancel({ nodes: pending });
console.log(`cancelled: ${cancelled.outcomes.map(({ node }) => node).join(", ")}`);

await steward.close();
