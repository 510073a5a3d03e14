// Sends a message for certain: once, whatever happens to the link or to this program.
//
// Prints:
//   backup-2026-01-31: now, succeeded
//   backup-2026-01-31: before, succeeded
import { connect, StewardError, type Draft, type Sent, type Steward } from "steward-nats";

/** Tries until the broker has confirmed the message. */
async function sendForCertain(steward: Steward, draft: Draft & { readonly id: string }): Promise<Sent> {
  for (;;) {
    try {
      return await steward.send(draft, { wait: "10s" });
    } catch (error) {
      // `unconfirmed`: it may be stored or not. `notStored`: it is not. A message does not run twice under one id.
      if (!StewardError.is(error, "unconfirmed") && !StewardError.is(error, "notStored")) throw error;
    }
  }
}

const steward = await connect();
const draft = { nodes: "ship1", subject: "exec", data: ["true"], id: "backup-2026-01-31", expires: "3d" } as const;

for (let time = 1; time <= 2; time++) {
  const sent = await sendForCertain(steward, draft);
  const [outcome] = (await sent.done({ wait: "30s" })).orThrow();
  console.log(`${sent.id}: ${sent.stored}, ${outcome?.state}`);
}

await steward.close();
