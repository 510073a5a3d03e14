import { expect, test } from "vitest";
import { Waiting } from "../../../src/send/waiting.ts";
import { messageByHand } from "../../support/by-hand.ts";
import { scriptedBroker } from "../broker/support.ts";

test("after Ctrl-C, a silent broker does not delay the end; then only the ACKs decide", async () => {
  const { broker } = scriptedBroker(() => new Promise(() => {}));
  const event = messageByHand({ messageType: "event" });
  for (const known of [false, true]) {
    using waiting = new Waiting(broker, [event], { known, signal: AbortSignal.abort() });
    waiting.listen();
    expect(await waiting.settled(60_000)).toMatchObject([{ standing: "queued", ack: undefined }]);
  }
});

test("reading what was acknowledged before takes no longer than the wait", async () => {
  const { broker } = scriptedBroker((_asked, count) => (count === 1 ? new Promise(() => {}) : new Error("no answer")));
  using waiting = new Waiting(broker, [messageByHand({ messageType: "event" })], { known: true });
  waiting.listen();
  const begun = performance.now();
  expect(await waiting.settled(200)).toMatchObject([{ standing: "queued", ack: undefined }]);
  expect(performance.now() - begun).toBeLessThan(1000);
});
