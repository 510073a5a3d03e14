// Sends messages one after the other and reports when each was sent and when its end arrived, with all that went over
// the connection in between.
import { openBroker } from "../../../src/broker/connection/connect.ts";
import { newId } from "../../../src/protocol/ids.ts";
import { toMessages } from "../../../src/send/outgoing.ts";
import { send } from "../../../src/send/send.ts";
import type { SentMessage } from "./budget.ts";
import { endWithParent, type Target } from "./sending.ts";
import { now, takePieces } from "./wire-times.ts";

const broker = await openBroker(
  { servers: process.argv[2] ?? "", namespace: "steward" },
  { name: "bench", waitMs: 5000 },
);

process.on("message", ({ target, count }: { readonly target: Target; readonly count: number }) => {
  void (async () => {
    const sent: SentMessage[] = [];
    takePieces();
    for (let made = 0; made < count; made++) {
      const { node, ...draft } = target;
      const begun = now();
      const id = newId();
      const messages = toMessages({ ...draft, nodes: [node] }, { from: "bench", id });
      const [outcome] = await send(broker, messages, { waitMs: 30_000 });
      if (outcome?.ack?.state !== "succeeded") throw new Error(`${id} ${outcome?.ack?.state}`);
      sent.push({ id, begun, ended: now() });
    }
    process.send?.({ sent, pieces: takePieces() });
  })().catch((error: unknown) => process.send?.(String(error)));
});
endWithParent();
process.send?.("ready");
