import { expect, test } from "vitest";
import { getPage } from "../../../../src/broker/read/page.ts";
import { answerOf, found, headersWith, msgOf, scriptedBroker } from "../support.ts";

const request = { filter: "steward.*.*.*.*", from: 7, most: 2 };

test("a page is all that comes until its end, which says how many there are behind it", async () => {
  const { broker, published, deliver, subscribed } = scriptedBroker(() => answerOf({}));
  const page = getPage(broker, "STREAM", request);
  const [asked] = published;
  expect(asked).toMatchObject({ subject: "$JS.API.DIRECT.GET.STREAM" });
  expect(JSON.parse(asked?.body ?? "")).toMatchObject({ seq: 7, batch: 2, next_by_subj: "steward.*.*.*.*" });
  deliver(found(7, "a"), asked?.reply);
  deliver(found(9, "b"), asked?.reply);
  deliver(msgOf({ headers: headersWith({ "Nats-Num-Pending": 5 }, 204, "EOB") }), asked?.reply);
  expect(await page).toMatchObject({ messages: [{ sequence: 7 }, { sequence: 9 }], more: 5 });
  expect(subscribed()).toEqual([]);
});

test("a page of nothing is empty", async () => {
  const { broker, published, deliver } = scriptedBroker(() => answerOf({}));
  const page = getPage(broker, "STREAM", request);
  deliver(msgOf({ headers: headersWith({}, 404, "Message Not Found") }), published[0]?.reply);
  expect(await page).toEqual({ messages: [], more: 0 });
});

test("a page that is not completed is silence", async () => {
  const { broker, published, deliver, connection, subscribed } = scriptedBroker(() => answerOf({}));
  const refused = getPage(broker, "STREAM", request);
  deliver(msgOf({ headers: headersWith({}, 503, "No Responders") }), published[0]?.reply);
  await expect(refused).rejects.toMatchObject({ name: "SilenceError" });
  const lost = getPage(broker, "STREAM", request);
  deliver(found(7, "a"), published[1]?.reply);
  connection("disconnect");
  await expect(lost).rejects.toMatchObject({ name: "SilenceError" });
  expect(subscribed()).toEqual([]);
});
