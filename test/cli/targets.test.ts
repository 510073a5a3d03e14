import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let labelled: TestNode[];
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2"]);
  const start = (name: string, label: string): Promise<TestNode> =>
    startNode(fleet.server.url, name, ["--label", label]);
  labelled = await Promise.all([start("oslo1", "site=oslo"), start("bergen1", "site=bergen")]);
});
afterAll(async () => {
  await Promise.all(labelled.map((node) => node[Symbol.asyncDispose]()));
  await fleet[Symbol.asyncDispose]();
});

describe("target expressions", () => {
  test.each([
    ["ship*", [], ["ship1", "ship2"]],
    ["all", [], ["bergen1", "oslo1", "ship1", "ship2"]],
    ["oslo1,ship*", [], ["oslo1", "ship1", "ship2"]],
    ["all", ["--exclude", "ship*,oslo1"], ["bergen1"]],
    ["all", ["--label", "site=oslo"], ["oslo1"]],
    ["all", ["--label", "site=*"], ["bergen1", "oslo1"]],
    ["ship1,oslo1", ["--label", "site=oslo"], ["oslo1"]],
    ["new1,new2", [], ["new1", "new2"]],
    ["all,new1", ["--exclude", "ship1", "--exclude", "@none,ship2"], undefined],
  ])("%s %j", async (nodes, options, expected) => {
    const { code, stdout, stderr } = await fleet.steward(["send", nodes, "ping", "--dry-run", ...options]);
    if (expected === undefined) {
      expect({ code, stdout }).toEqual({ code: 5, stdout: "" });
      expect(stderr).toBe("steward: group @none not found; `steward group ls` lists the groups (noMatch)\n");
      return;
    }
    const count = expected.length === 1 ? "1 node" : `${expected.length} nodes`;
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expected.map((name) => `${name}\n`).join(""),
      stderr: `${count}; nothing was sent\n`,
    });
  });

  test("names on standard input, with comments", async () => {
    const { stdout } = await fleet.steward(
      ["send", "@-,oslo1", "ping", "--dry-run"],
      "ship2 # the second\n\nship1,new1\n",
    );
    expect(stdout).toBe("ship2\nship1\nnew1\noslo1\n");
    expect(await fleet.steward(["send", "@-", "ping"], "# none\n")).toMatchObject({ code: 2 });
  });

  test("a limit selects the same nodes with the same seed, and prints the seed that it used", async () => {
    const drawn = async (...more: string[]): Promise<{ nodes: string[]; seed: string }> => {
      const args = ["send", "all", "ping", "--limit", "50%", "--dry-run", "--json", ...more];
      return JSON.parse((await fleet.steward(args)).stdout) as { nodes: string[]; seed: string };
    };
    const first = await drawn();
    expect(first.nodes).toHaveLength(2);
    expect(await drawn("--seed", first.seed)).toEqual(first);
  });

  test("a dry run leaves nothing in the queue", async () => {
    await fleet.steward(["send", "new9", "ping", "--id", "dry", "--dry-run"]);
    expect(await fleet.steward(["status", "dry"])).toMatchObject({ code: 5 });
  });
});

describe("5: no node matches", () => {
  test.each([
    [["x*"], "no matching node; `steward nodes` lists the known ones (noMatch)"],
    [["all", "--label", "site=rome"], "no matching node; `steward nodes` lists the known ones (noMatch)"],
    [["@wbe"], "group @wbe not found; did you mean @web? (noMatch)"],
    [["all", "--only", "nosuchid:failed"], "message not found: no nosuchid in the queue or in the log (notFound)"],
  ])("%j", async ([nodes = "", ...options], message) => {
    await fleet.steward(["group", "add", "web", "ship1"]);
    const { code, stdout, stderr } = await fleet.steward(["send", nodes, "ping", ...options]);
    expect({ code, stdout, stderr }).toEqual({ code: 5, stdout: "", stderr: `steward: ${message}\n` });
  });

  test("a node that was never seen has no labels, which is reported", async () => {
    const { code, stdout, stderr } = await fleet.steward([
      "send",
      "oslo1,olso2",
      "ping",
      "--label",
      "site=oslo",
      "--dry-run",
    ]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "oslo1\n",
      stderr: "steward: no node matches olso2\n1 node; nothing was sent\n",
    });
  });

  test("a pattern without a match is reported, even if other patterns match", async () => {
    const { code, stderr } = await fleet.steward(["send", "ship1,x*", "ping"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "steward: no node matches x*\n" });
  });
});

describe("groups", () => {
  test("a node that was never seen can be added, with a warning", async () => {
    const { code, stdout, stderr } = await fleet.steward(["group", "add", "odd", "shp1"]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "@odd: shp1\n",
      stderr: "steward: unknown node shp1 (neverSeen); did you mean ship1? it is in @odd now\n",
    });
    await fleet.steward(["group", "rm", "odd"]);
  });

  test("are listed, changed, sent to, and removed with their last node", async () => {
    expect((await fleet.steward(["group", "add", "fleet", "ship*", "later1"])).stdout).toBe(
      "@fleet: later1, ship1, ship2\n",
    );
    expect((await fleet.steward(["group", "rm", "@fleet", "later1"])).stdout).toBe("@fleet: ship1, ship2\n");
    const { stdout } = await fleet.steward(["send", "@fleet", "exec", "--", "echo", "hi"]);
    expect(stdout).toBe("\nship1, ship2: succeeded\n  hi\n".slice(1));
    expect(JSON.parse((await fleet.steward(["group", "ls", "--json"])).stdout)).toContainEqual({
      group: "fleet",
      nodes: ["ship1", "ship2"],
    });
    expect((await fleet.steward(["group", "rm", "fleet"])).stdout).toBe("group @fleet was removed\n");
    expect(await fleet.steward(["group", "ls", "fleet"])).toMatchObject({ code: 5, stdout: "" });
    expect(await fleet.steward(["group", "rm", "fleet"])).toMatchObject({ code: 5, stdout: "" });
    expect(await fleet.steward(["group", "rm", "fleet", "ship1"])).toMatchObject({ code: 5, stdout: "" });
  });

  test.each([
    [["group", "ad", "web", "ship1"], '"ad" is not one of ls, add, rm; did you mean add? see `steward group --help`'],
    [["group", "add"], "name the group, such as `steward group add web ship1`"],
    [["group", "add", "web"], "name the nodes to add to web"],
  ])("2: %j", async (args, message) => {
    expect(await fleet.steward(args)).toEqual({ code: 2, stdout: "", stderr: `steward: ${message} (usage)\n` });
  });
});

test("--only selects the nodes on which the earlier message ended in this state", async () => {
  const fails = ["shell", "--id", "mixed", "--", "case $STEWARD_RUN_NODE in ship*) exit 3;; esac; echo fine"];
  expect((await fleet.steward(["send", "all", ...fails])).code).toBe(1);
  await fleet.steward(["send", "later2", "ping", "--id", "mixed", "--no-wait"]);
  const meant = async (only: string): Promise<string> =>
    (await fleet.steward(["send", "all,later2", "ping", "--only", only, "--dry-run"])).stdout;
  expect(await meant("mixed:failed")).toBe("ship1\nship2\n");
  expect(await meant("mixed")).toBe("ship1\nship2\n");
  expect(await meant("mixed:succeeded")).toBe("bergen1\noslo1\n");
  expect(await meant("mixed:pending,failed")).toBe("ship1\nship2\nlater2\n");
  const again = await fleet.steward(["send", "all", "exec", "--only", "mixed:failed", "--json", "--", "true"]);
  expect((JSON.parse(again.stdout) as { nodes: { node: string }[] }).nodes.map(({ node }) => node)).toEqual([
    "ship1",
    "ship2",
  ]);
});

test("--only also finds a message that expired in the queue before its node recorded it", async () => {
  await fleet.steward(["send", "later3", "ping", "--id", "stale", "--expires", "50ms", "--no-wait"]);
  const meant = (): ReturnType<Fleet["steward"]> =>
    fleet.steward(["send", "later3", "ping", "--only", "stale:expired", "--dry-run"]);
  await until(async () => (await meant()).stdout === "later3\n");
});

describe("a message to more than ten nodes", () => {
  const twelve = Array.from({ length: 12 }, (_, index) => `many${index}`);
  beforeAll(async () => {
    // Nodes that were seen and are down. Only their info is known.
    for (const name of twelve) fleet.nc.publish(`$KV.STEWARD_NODES.${name}.info`, "{}");
    await fleet.nc.flush();
  });

  test("2: needs --yes without a terminal, and sends nothing otherwise", async () => {
    const { code, stderr } = await fleet.steward(["send", "many*", "ping", "--id", "sweep"]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "steward: send it to 12 nodes? Without a terminal nobody can be asked; add --yes to confirm (usage)\n",
    });
    expect(await fleet.steward(["status", "sweep"])).toMatchObject({ code: 5 });
  });

  test("is sent with --yes, or when names or a smaller limit are given", async () => {
    const send = (...args: string[]): Promise<unknown> => fleet.steward(["send", ...args, "ping", "--no-wait"]);
    expect(await send("many*", "--yes")).toMatchObject({ code: 0 });
    expect(await send(twelve.join(","))).toMatchObject({ code: 0 });
    expect(await send("many*", "--limit", "10")).toMatchObject({ code: 0 });
  });
});
