import { errors } from "nats";
import { expect, test, vi } from "vitest";
import { askNode, serveControl } from "../../../src/broker/control.ts";
import { answerOf, msgOf, scriptedBroker } from "./support.ts";

const nobody = new errors.NoRespondersError("s");

test.each([
  ["that answers", answerOf({ up: true }), { kind: "answered", body: { up: true } }],
  ["that nobody listens for", nobody, { kind: "nobody" }],
  [
    "that nobody listens for, as a failed request tells it",
    new errors.RequestError("x", { cause: nobody }),
    { kind: "nobody" },
  ],
  ["that listens and does not answer", new errors.TimeoutError(), { kind: "silent" }],
])("a node %s", async (_which, answer, told) => {
  const { broker, asked } = scriptedBroker(() => answer);
  expect(await askNode(broker, "ship1", "status", 2000)).toEqual(told);
  expect(asked).toMatchObject([{ subject: "steward.ship1.control.status", timeout: 2000 }]);
});

test("a connection that is lost meanwhile says nothing of the node", async () => {
  const { broker, connection } = scriptedBroker(() => new Promise<never>(() => {}));
  const answer = askNode(broker, "ship1", "status", 2000);
  connection("disconnect");
  await expect(answer).rejects.toThrow("lost");
});

test("a verb is answered with what is so at that moment", () => {
  const { broker, deliver } = scriptedBroker(() => answerOf({}));
  let lanes = 0;
  serveControl(broker, "ship1", "status", () => ({ lanes: ++lanes }));
  const respond = vi.fn<(body: string) => void>();
  for (let count = 0; count < 2; count++) {
    deliver(Object.assign(msgOf({ subject: "steward.ship1.control.status" }), { respond }));
  }
  expect(respond.mock.calls).toEqual([['{"lanes":1}'], ['{"lanes":2}']]);
});
