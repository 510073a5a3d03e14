import { afterAll, beforeAll, expect, test } from "vitest";
import type { Summary } from "../../src/send/outcome.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startLightNodes } from "../support/light-nodes.ts";

interface Document {
  readonly id: string;
  readonly nodes: readonly { readonly node: string; readonly state: string }[];
  readonly summary: Summary;
}

const names = Array.from({ length: 300 }, (_, index) => `n${String(index).padStart(3, "0")}`);
let fleet: Fleet;
let nodes: AsyncDisposable;
beforeAll(async () => {
  fleet = await startFleet();
  nodes = await startLightNodes(fleet.server.url, names, 3);
}, 60_000);
afterAll(async () => {
  await nodes[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
});

test("300 nodes, some failed and some silent: one document, and the exit code of the worst; then only the failed ones", async () => {
  const script = "case $STEWARD_RUN_NODE in n017|n203) exit 3;; n099) sleep 60;; esac; echo fine";
  const args = ["send", "all", "shell", "--yes", "--id", "wide", "--wait", "10s", "--json", script];
  const { code, stdout } = await fleet.steward(args);
  const { id, nodes: answers, summary } = JSON.parse(stdout) as Document;
  expect({ code, id, summary }).toEqual({ code: 1, id: "wide", summary: { succeeded: 297, failed: 2, pending: 1 } });
  expect(answers.map(({ node }) => node)).toEqual(names);
  expect(answers.filter(({ state }) => state !== "succeeded").map(({ node, state }) => [node, state])).toEqual([
    ["n017", "failed"],
    ["n099", "started"],
    ["n203", "failed"],
  ]);

  const again = await fleet.steward(["send", "all", "exec", "--only", "wide:failed", "--json", "--", "true"]);
  const repaired = JSON.parse(again.stdout) as Document;
  expect({ code: again.code, summary: repaired.summary }).toEqual({
    code: 0,
    summary: { succeeded: 2, failed: 0, pending: 0 },
  });
  expect(repaired.nodes.map(({ node }) => node)).toEqual(["n017", "n203"]);
  expect((await fleet.steward(["cancel", "wide", "--node", "n099"])).code).toBe(0);
}, 60_000);
