// Steward's sender: the functions that `steward send` is made of, on one open connection.
import { openBroker } from "../../../src/broker/connect.ts";
import { newId } from "../../../src/protocol/ids.ts";
import { toMessages } from "../../../src/send/outgoing.ts";
import { send } from "../../../src/send/send.ts";
import { serve } from "./sending.ts";

const settings = { servers: process.argv[2] ?? "", namespace: "steward" };
const broker = await openBroker(settings, { name: "bench", waitMs: 5000 });

serve(async ({ node, ...draft }) => {
  const messages = toMessages({ ...draft, nodes: [node] }, { from: "bench", id: newId() });
  const [outcome] = await send(broker, messages, { waitMs: 30_000 });
  if (outcome?.ack?.state !== "succeeded") throw new Error(`${messages[0]?.id} ${outcome?.ack?.state}`);
});
