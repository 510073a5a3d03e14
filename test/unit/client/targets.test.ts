import { expect, test } from "vitest";
import type { Broker } from "../../../src/broker/connection/broker.ts";
import { prepare, resolve, type Targets } from "../../../src/client/draft.ts";
import { prepareReplay } from "../../../src/client/replay.ts";
import { Session } from "../../../src/client/session.ts";

/** Every case here is decided without the broker. */
const noSession = {} as Session;

test.each([
  ["a misspelt condition", { labels: { site: "bergen" } }, "nodes.labels: unknown key; did you mean label?"],
  ["a misspelt condition beside names", { nodes: "ship1", labels: {} }, /^nodes\.labels: unknown key/],
  ["a name that is undefined", { nodes: undefined, exclude: "x" }, "nodes.nodes: is missing"],
  ["a list with a name that is undefined", ["ship1", undefined], /^nodes\.nodes/],
  ["no condition at all", {}, "nodes: has no condition; for every node, write `all`"],
  ["conditions that are all undefined", { exclude: undefined, seed: "x" }, /^nodes: has no condition/],
  ["a label without a value", { label: { site: undefined } }, /^nodes\.label/],
  ["a misspelt state", { only: { id: "x", state: ["failed"] } }, /^nodes\.only\.state: unknown key/],
  ["null", null, /^nodes: must be names/],
  ["nothing", undefined, "nodes: is missing"],
])("a selection with %s is refused, because it would mean all nodes", async (_what, targets, message) => {
  await expect(resolve(noSession, targets as unknown as Targets)).rejects.toMatchObject({
    name: "StewardError",
    code: "badMessage",
    message: typeof message === "string" ? message : (expect.stringMatching(message) as string),
  });
});

test("so is a selection for a replay", async () => {
  const session = new Session({} as Broker, "tester");
  for (const nodes of [{}, { nodes: undefined }, { labels: {} }, null]) {
    await expect(prepareReplay(session, "x", { nodes: nodes as never })).rejects.toMatchObject({ code: "badMessage" });
  }
});

test("a selection without a node is refused", async () => {
  const none = { nodes: [], unmatched: ["ship*"] };
  for (const targets of [[], none]) {
    await expect(resolve(noSession, targets)).rejects.toMatchObject({ code: "noMatch" });
  }
});

test.each([undefined, null, "ping", {}, [null], { node: "ship1", subject: "ping" }])(
  "%j is refused as a message",
  async (draft) => {
    await expect(prepare(noSession, draft as never)).rejects.toMatchObject({ code: "badMessage" });
  },
);
