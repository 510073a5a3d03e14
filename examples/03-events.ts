// Follows what a message does while it runs. A cursor resumes it, in another process too.
//
// Prints:
//   started
//   output: one
//   break
//   output: two
//   ended: succeeded
import { connect } from "steward-nats";

const steward = await connect();
const { id } = await steward.send({ nodes: "ship1", subject: "shell", data: ["echo one; sleep 1; echo two"] });

// A `Sent` holds no resource: the id is enough to get it again, here or in another program.
const sent = await steward.attach(id);

let cursor: string | undefined;
for await (const event of sent.events()) {
  ({ cursor } = event);
  if (event.kind === "started") console.log("started");
  if (event.kind !== "output") continue;
  console.log(`output: ${Buffer.from(event.bytes).toString().trim()}`);
  break; // Ends the following, not the run.
}
console.log("break");

// Nothing is lost and nothing is repeated behind the cursor.
for await (const event of sent.events({ after: cursor })) {
  if (event.kind === "output") console.log(`output: ${Buffer.from(event.bytes).toString().trim()}`);
  if (event.kind === "ended") console.log(`ended: ${event.state}`);
}

await steward.close();
