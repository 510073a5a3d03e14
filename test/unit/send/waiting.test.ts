import { expect, test } from "vitest";
import { Waiting } from "../../../src/send/waiting.ts";
import { messageByHand } from "../../support/by-hand.ts";
import { scriptedBroker } from "../broker/support.ts";

test("a broker that says nothing does not hold up whoever has pressed Ctrl-C; then the ACKs alone tell", async () => {
  const { broker } = scriptedBroker(() => new Promise(() => {}));
  const event = messageByHand({ messageType: "event" });
  for (const known of [false, true]) {
    using waiting = new Waiting(broker, [event], { known, signal: AbortSignal.abort() });
    waiting.listen();
    expect(await waiting.settled(60_000)).toMatchObject([{ standing: "queued", ack: undefined }]);
  }
});
