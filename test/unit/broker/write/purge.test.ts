import { expect, test } from "vitest";
import { purgeQueued } from "../../../../src/broker/write/purge.ts";
import { answerOf, refusal, scriptedBroker } from "../support.ts";

test("a subject's messages are taken out, or the broker says why not", async () => {
  const { broker, asked } = scriptedBroker((_asked, count) =>
    count === 1 ? answerOf({ success: true, purged: 2 }) : refusal(10_110, "stream purge not permitted", 500),
  );
  await purgeQueued(broker, "steward.ship1.command.exec.a");
  expect(asked).toMatchObject([
    { subject: "$JS.API.STREAM.PURGE.STEWARD_MESSAGES", body: '{"filter":"steward.ship1.command.exec.a"}' },
  ]);
  await expect(purgeQueued(broker, "s")).rejects.toMatchObject({ code: "brokerRefused" });
});
