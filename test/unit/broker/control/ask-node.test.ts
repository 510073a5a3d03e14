import { errors } from "nats";
import { expect, test } from "vitest";
import { askNode } from "../../../../src/broker/control/ask-node.ts";
import { answerOf, headersWith, msgOf, scriptedBroker } from "../support.ts";

const nobody = new errors.NoRespondersError("s");
const refusal = { "Nats-Service-Error-Code": "400", "Nats-Service-Error": "no such lane" };

test.each([
  ["that answers", answerOf({ up: true }), { kind: "answered", body: { up: true } }],
  ["that refuses", msgOf({ headers: headersWith(refusal) }), { kind: "refused", reason: "no such lane" }],
  ["that nobody listens for", nobody, { kind: "nobody" }],
  [
    "that nobody listens for, as a failed request tells it",
    new errors.RequestError("x", { cause: nobody }),
    { kind: "nobody" },
  ],
  ["that listens and does not answer", new errors.TimeoutError(), { kind: "silent" }],
])("a node %s", async (_which, answer, reported) => {
  const { broker, asked } = scriptedBroker(() => answer);
  expect(await askNode(broker, "ship1", "status", 2000)).toEqual(reported);
  expect(asked).toMatchObject([{ subject: "steward.ship1.control.status", body: "", timeout: 2000 }]);
});

test("a request travels as JSON", async () => {
  const { broker, asked } = scriptedBroker(() => answerOf({}));
  await askNode(broker, "ship1", "pause", 2000, { lane: "command.exec" });
  expect(asked).toMatchObject([{ subject: "steward.ship1.control.pause", body: '{"lane":"command.exec"}' }]);
});

test("a connection that is lost meanwhile says nothing about the node", async () => {
  const { broker, connection } = scriptedBroker(() => new Promise<never>(() => {}));
  const answer = askNode(broker, "ship1", "status", 2000);
  connection("disconnect");
  await expect(answer).rejects.toThrow("lost");
});
