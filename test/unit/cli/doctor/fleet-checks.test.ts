import { expect, test } from "vitest";
import { fleetChecks } from "../../../../src/cli/doctor/fleet-checks.ts";
import type { Finding } from "../../../../src/cli/doctor/check.ts";
import { ackByHand, messageByHand } from "../../../support/by-hand.ts";
import { answerOf, found, headersWith, msgOf, notFound, scriptedBroker } from "../../broker/support.ts";

/** The check of a queue of three messages. The first has ended at second 0.5; `now` is the time of the check. */
async function checkQueue(now: string): Promise<Finding | undefined> {
  const at = (id: string): Record<string, string> => ({ "Nats-Subject": `steward.ship1.command.exec.${id}` });
  const { broker, published, deliver } = scriptedBroker(({ subject }) => {
    if (subject.includes(".INFO.")) return answerOf({ ts: `2026-01-31T12:${now}Z`, state: { messages: 3 } });
    if (subject.endsWith(".ended")) return found(7, JSON.stringify(ackByHand({ id: "ended" })));
    return subject.endsWith(".runs")
      ? found(8, JSON.stringify(ackByHand({ id: "runs", state: "started" })))
      : notFound();
  });
  const check = fleetChecks.find(({ name }) => name === "queue");
  const finding = Promise.resolve(check?.run({ typed: {}, env: {}, broker }));
  while (published.length === 0) await new Promise(setImmediate);
  for (const [index, id] of ["ended", "runs", "waits"].entries()) {
    deliver(found(index + 1, JSON.stringify(messageByHand({ id })), at(id)), published[0]?.reply);
  }
  deliver(msgOf({ headers: headersWith({ "Nats-Num-Pending": 0 }, 204, "EOB") }), published[0]?.reply);
  return finding;
}

test("a message that stays in the queue for more than a minute after its end is reported", async () => {
  expect(await checkQueue("01:01.0")).toMatchObject({
    status: "warning",
    what: "1 of the oldest 3 messages ended more than a minute ago, and are not removed: of ship1",
  });
  expect(await checkQueue("00:59.0")).toMatchObject({ status: "ok", what: "3 messages wait or run" });
});
