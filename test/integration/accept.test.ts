import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startNode, steward, type CliResult, type TestNode } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let folder: string;
let config: string;
beforeEach(async () => {
  fleet = await startFleet(["central"]);
  folder = await mkdtemp(join(tmpdir(), "steward-accept-"));
  config = join(folder, "steward.yaml");
});
afterEach(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function startShip(text: string, args: readonly string[] = []): Promise<TestNode> {
  await writeFile(config, text);
  return startNode(fleet.server.url, "ship1", ["--config", config, ...args]);
}

const send = async (id: string, ...args: readonly string[]): Promise<CliResult> =>
  fleet.steward(["send", "ship1", "--id", id, "--from", "kai", ...args]);
const outcomeOf = async (id: string): Promise<unknown> => (await readAcks(fleet.nc, id)).at(-1)?.error?.message;

it("S12: a message that no rule allows, or that a rule refuses, is rejected before it runs; its lane goes on", async () => {
  await using ship = await startShip(`
accept:
  - { name: no removals, allow: false, subject: shell, data: ["rm *"] }
  - { name: operators, from: [kai, ops-*], subject: [shell, exec] }
`);
  const effects = join(folder, "effects");
  const list = [
    { id: "allowed", from: "kai", subject: "shell", data: [`echo allowed >> ${effects}`] },
    { id: "removal", from: "kai", subject: "shell", data: [`rm -f ${effects}`] },
    { id: "stranger", from: "eve", subject: "shell", data: [`echo stranger >> ${effects}`] },
    { id: "subject", from: "kai", subject: "shellCommand", data: ["sh", "-c", `echo subject >> ${effects}`] },
    { id: "unserved", from: "eve", subject: "nosuch", data: [] },
    { id: "last", from: "ops-1", subject: "shell", data: [`echo last >> ${effects}`] },
  ].map((draft) => ({ node: "ship1", ...draft }));
  const { code, stdout } = await fleet.steward(["send", "--file", "-"], JSON.stringify(list));
  expect(code).toBe(1);
  expect(stdout).toContain("rule 1 (no removals) of accept refuses command.shell from kai");
  await untilAnswered(fleet.nc);

  expect(await readFile(effects, "utf8")).toBe("allowed\nlast\n");
  const refusals = {
    removal: "rule 1 (no removals) of accept refuses command.shell from kai",
    stranger: "no rule of accept allows this command.shell from eve",
    subject: "no rule of accept allows this command.shellCommand from kai",
    unserved: "no rule of accept allows this command.nosuch from eve",
  };
  const reported = await readFile(join(fleet.nodes["central"]!.dataDir, "log/ship1.log"), "utf8");
  for (const [id, message] of Object.entries(refusals)) {
    expect(await readAcks(fleet.nc, id)).toMatchObject([
      { state: "rejected", error: { code: "notAccepted", message }, message: { id } },
    ]);
    expect(reported).toContain(`${id} rejected: ${message} (notAccepted)`);
  }
  expect(reported.trimEnd().split("\n")).toHaveLength(Object.keys(refusals).length);
  expect(ship.exitCode()).toBeNull();
});

it("S12: a change of the file applies to the next message, also to waiting ones; a faulty file does not apply", async () => {
  await using ship = await startShip("accept: [{ subject: shell }]");
  const go = join(folder, "go");
  const { code } = await send("running", "shell", `until test -e ${go}; do sleep 0.02; done`, "--no-wait");
  expect(code).toBe(0);
  await send("waiting", "shell", "true", "--no-wait");
  await until(async () => (await readAcks(fleet.nc, "running")).length === 1);

  await writeFile(`${config}.new`, "accept: [{ subject: ping }]");
  await rename(`${config}.new`, config);
  await until(() => ship.log().includes("the new settings apply from the next message on"));
  await writeFile(go, "");
  await untilAnswered(fleet.nc);
  expect((await readAcks(fleet.nc, "running")).at(-1)).toMatchObject({ state: "succeeded" });
  expect(await outcomeOf("waiting")).toBe("no rule of accept allows this command.shell from kai");
  expect(await send("ping", "ping")).toMatchObject({ code: 0 });

  await writeFile(config, "accept: [{ subject: shell, allow: perhaps }]");
  await until(() => ship.log().includes("accept.1.allow: must be true or false; the previous settings stay in use"));
  expect(await send("ping-again", "ping")).toMatchObject({ code: 0 });
  expect(await send("still-refused", "shell", "true")).toMatchObject({ code: 1 });

  await writeFile(config, "{}");
  await until(() => ship.log().split("the new settings apply from the next message on").length === 3);
  expect(await send("now-allowed", "shell", "true")).toMatchObject({ code: 0 });
});

it("options of the file hold from a start on, unless the command line says otherwise", async () => {
  await using ship = await startShip("{ timeout: 100ms, label: [site=oslo, deck=3] }", ["--label", "site=bergen"]);
  expect(await send("late", "exec", "--", "sleep", "20")).toMatchObject({ code: 1 });
  expect(await outcomeOf("late")).toContain("timed out after 100 ms");
  const { stdout } = await fleet.steward(["nodes", "ship1", "--json"]);
  expect(stdout).toContain('{"site":"bergen"}');

  await writeFile(config, "timeout: 20s");
  await until(() => ship.log().includes("except label, timeout: restart the node for that"));
  expect(await send("late-again", "exec", "--", "sleep", "0.5")).toMatchObject({ code: 1 });
  await ship.restart();
  expect(await send("in-time", "exec", "--", "sleep", "0.5")).toMatchObject({ code: 0 });
});

it("2: a daemon does not start with a faulty file, and says why in one line", async () => {
  await writeFile(config, "accept:\n  - { subject: exec }\n  - { form: kai }\n");
  const start = async (): Promise<CliResult> =>
    steward(fleet.server.url, ["node", "ship1", "--data-dir", folder, "--config", config]);
  const fault = `steward: ${config}: accept.2.form: unknown key; did you mean from? (badSettings)\n`;
  expect(await start()).toEqual({ code: 2, stdout: "", stderr: fault });
  await writeFile(config, "accept: [");
  expect(await start()).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^steward: .*line 1.*\(notJson\)\n$/) as unknown,
  });
  await rm(config);
  expect(await start()).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^.*ENOENT.*\(fileUnreadable\)\n$/) as unknown,
  });
});
