import { expect, test } from "vitest";
import { purgeSubject } from "../../../../src/broker/write/purge.ts";
import { answerOf, refusal, scriptedBroker } from "../support.ts";

test("a subject's messages are taken out, or the broker says why not", async () => {
  const { broker, asked } = scriptedBroker((_asked, count) =>
    count === 1 ? answerOf({ success: true, purged: 2 }) : refusal(10_110, "stream purge not permitted", 500),
  );
  await purgeSubject(broker, "STEWARD_SCHEDULES", "steward.ship1.schedule.command.exec.a", 7);
  expect(asked).toMatchObject([
    {
      subject: "$JS.API.STREAM.PURGE.STEWARD_SCHEDULES",
      body: '{"filter":"steward.ship1.schedule.command.exec.a","seq":7}',
    },
  ]);
  await expect(purgeSubject(broker, "STEWARD_SCHEDULES", "s")).rejects.toMatchObject({ code: "brokerRefused" });
});
