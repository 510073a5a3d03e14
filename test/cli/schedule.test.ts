import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readAcks } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let folder: string;
beforeAll(async () => {
  fleet = await startFleet(["ship1"]);
  folder = await mkdtemp(join(tmpdir(), "steward-schedule-"));
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

interface Listed {
  readonly id: string;
  readonly node: string;
  readonly schedule: Readonly<Record<string, string>>;
  readonly lastFiring?: { readonly id: string; readonly state: string };
  readonly message: Readonly<Record<string, unknown>>;
}

async function listed(...args: string[]): Promise<Listed[]> {
  const { stdout } = await fleet.steward(["schedule", "ls", "--json", ...args]);
  return JSON.parse(stdout) as Listed[];
}

const withoutTimes = (text: string): string => text.replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, "TIME");

test("--every: prints the id, and runs repeatedly with new ids, until it is removed", async () => {
  const { code, stdout, stderr } = await fleet.steward([
    "send",
    "ship1",
    "exec",
    "--id",
    "tick",
    "--every",
    "1s",
    "--",
    "date",
  ]);
  expect({ code, stdout, stderr: withoutTimes(stderr) }).toEqual({
    code: 0,
    stdout: "tick\n",
    stderr: "fires next at TIME; if the node is down, a firing is dropped after 1s\n",
  });
  const ended = async (): Promise<string[]> =>
    (await readAcks(fleet.nc))
      .filter(({ id, state }) => /^tick_\d+$/.test(id) && state === "succeeded")
      .map(({ id }) => id);
  await until(async () => (await ended()).length >= 3);
  expect(new Set(await ended()).size).toBe((await ended()).length);
  const [tick] = await listed("tick");
  expect(tick).toMatchObject({
    node: "ship1",
    schedule: { every: "1s", expires: "1s" },
    lastFiring: { id: expect.stringMatching(/^tick_\d+$/) as unknown },
    message: { id: "tick", data: ["date"], expires: "1s" },
  });
  expect(Math.abs(Date.parse(tick?.schedule["next"] ?? "") - Date.now())).toBeLessThan(3000);
  expect(await fleet.steward(["schedule", "rm", "tick"])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ship1 command\.exec: removed/) as unknown,
    stderr: "",
  });
  expect(await listed()).toEqual([]);
  expect(await fleet.steward(["schedule", "rm", "tick"])).toEqual({
    code: 5,
    stdout: "",
    stderr: "steward: schedule tick not found; `steward schedule ls` lists the schedules (notFound)\n",
  });
});

test("--cron for several nodes: one id, one JSON document, and a row for each", async () => {
  const sent = await fleet.steward([
    "send",
    "ship1,ship2",
    "ping",
    "--id",
    "night",
    "--cron",
    "30 4 * * 1-5",
    "--tz",
    "Europe/Oslo",
    "--json",
  ]);
  expect(sent).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("unknown node ship2") as unknown,
  });
  const document = JSON.parse(sent.stdout) as { schedule: { next: string } };
  expect(document).toEqual({
    id: "night",
    nodes: ["ship1", "ship2"],
    schedule: { cron: "0 30 4 * * 1-5", timeZone: "Europe/Oslo", expires: "1d", next: document.schedule.next },
  });
  expect(document.schedule.next).toMatch(/T0[23]:30:00Z$/);
  expect(withoutTimes((await fleet.steward(["schedule", "ls"])).stdout)).toBe(
    "ID     NODE   LANE          RULE          ZONE         NEXT                  LAST  OUTCOME\n" +
      "night  ship1  command.ping  30 4 * * 1-5  Europe/Oslo  TIME  -     -\n" +
      "night  ship2  command.ping  30 4 * * 1-5  Europe/Oslo  TIME  -     -\n",
  );
  expect(await fleet.steward(["schedule", "rm", "night", "--node", "ship2", "--json"])).toEqual({
    code: 0,
    stdout:
      '{"id":"night","nodes":[{"node":"ship2","messageType":"command","subject":"ping","cancelled":[],"running":[]}]}\n',
    stderr: "",
  });
  expect((await listed()).map(({ node }) => node)).toEqual(["ship1"]);
  expect(await listed("--node", "ship2")).toEqual([]);
});

test("targets are selected as for a send, and --dry-run schedules nothing", async () => {
  const args = ["send", "ship*", "ping", "--id", "wide", "--every", "1h"];
  expect(await fleet.steward([...args, "--dry-run"])).toMatchObject({ code: 0, stdout: "ship1\n" });
  expect(await listed("wide")).toEqual([]);
  expect((await fleet.steward(args)).code).toBe(0);
  expect((await listed("wide")).map(({ node }) => node)).toEqual(["ship1"]);
  await fleet.steward(["schedule", "rm", "wide"]);
});

test("the same id replaces the rule", async () => {
  await fleet.steward(["send", "ship1", "ping", "--id", "night", "--cron", "0 5 * * *"]);
  expect(await listed()).toMatchObject([{ id: "night", schedule: { cron: "0 0 5 * * *", timeZone: "UTC" } }]);
  await fleet.steward(["schedule", "rm", "night"]);
});

test("--at fires once; its outcome can be found, but not under the schedule's id", async () => {
  // Late enough to be listed as the next time, even on a busy machine.
  const at = new Date(Date.now() + 5000).toISOString();
  await fleet.steward(["send", "ship1", "exec", "--id", "once", "--at", at, "--", "echo", "it is time"]);
  expect(await listed("once")).toMatchObject([{ schedule: { at, expires: "7d", next: at.replace(/\.\d+/, "") } }]);
  await until(async () => (await listed("once"))[0]?.lastFiring?.state === "succeeded", 15_000);
  const [once] = await listed("once");
  expect(once?.schedule).not.toHaveProperty("next");
  expect((await fleet.steward(["status", once?.lastFiring?.id ?? ""])).stdout).toMatch(/succeeded.*\nit is time\n$/);
  for (const command of ["status", "wait", "cancel"]) {
    expect(await fleet.steward([command, "once"])).toEqual({
      code: 5,
      stdout: "",
      stderr:
        "steward: once is a schedule, not a message; each of its firings has its own id, " +
        "see `steward schedule ls once` (notFound)\n",
    });
  }
  expect((await fleet.steward(["schedule", "rm", "once"])).code).toBe(0);
});

test("waiting firings are removed with their schedule, also those that a node has received", async () => {
  const file = join(folder, "ran");
  await fleet.steward(["lanes", "ship1", "pause", "command.shell"]);
  await fleet.steward([
    "send",
    "ship1",
    "shell",
    "--id",
    "late",
    "--every",
    "1s",
    "--expires",
    "1h",
    `echo ran >> ${file}`,
  ]);
  await until(async () => (await fleet.steward(["lanes", "ship1"])).stdout.includes("paused  2"));
  const { stdout } = await fleet.steward(["schedule", "rm", "late"]);
  expect(stdout).toMatch(/^ship1 command\.shell: removed; \d firings, late_\d+ to late_\d+, will not run\n$/);
  await fleet.steward(["lanes", "ship1", "resume", "command.shell"]);
  expect((await fleet.steward(["send", "ship1", "shell", "true"])).code).toBe(0);
  await expect(readFile(file)).rejects.toThrow("ENOENT");
  const states = (await readAcks(fleet.nc)).filter(({ id }) => id.startsWith("late_")).map(({ state }) => state);
  expect(new Set(states)).toEqual(new Set(["cancelled"]));
});

test("a command that takes longer than its interval: a firing that waits too long expires, and that is recorded", async () => {
  await fleet.steward(["send", "ship1", "exec", "--id", "slow", "--every", "1s", "--", "sleep", "2.5"]);
  const states = async (): Promise<string[]> =>
    (await readAcks(fleet.nc)).filter(({ id }) => id.startsWith("slow_")).map(({ state }) => state);
  await until(async () => (await states()).filter((state) => state === "succeeded").length === 2);
  expect(await states()).toContain("expired");
  const { stdout } = await fleet.steward(["schedule", "rm", "slow"]);
  expect(stdout).toMatch(/^ship1 command\.exec: removed/);
});

test("the wait of an at-most-once firing is limited by the log", async () => {
  await fleet.steward(["send", "ship1", "ping", "--id", "rare", "--cron", "0 4 1 * *", "--at-most-once"]);
  expect(await listed("rare")).toMatchObject([{ schedule: { expires: "167h" }, message: { delivery: "atMostOnce" } }]);
  await fleet.steward(["send", "ship1", "ping", "--id", "often", "--every", "1h", "--at-most-once"]);
  expect(await listed("often")).toMatchObject([{ schedule: { expires: "1h" } }]);
});

test("W14: the names that crontabs know, and zones in any case, are converted for the broker", async () => {
  for (const alias of ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"]) {
    const args = ["send", "ship1", "ping", "--id", alias.slice(1), "--cron", alias, "--tz", "europe/oslo"];
    expect(await fleet.steward(args)).toMatchObject({ code: 0 });
    expect(await listed(alias.slice(1))).toMatchObject([{ schedule: { timeZone: "Europe/Oslo" } }]);
    await fleet.steward(["schedule", "rm", alias.slice(1)]);
  }
});

test("W14: a zone that only Node knows is reported with its option", async () => {
  const { code, stderr } = await fleet.steward(["send", "ship1", "ping", "--cron", "0 4 * * *", "--tz", "us/eastern"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^steward: --tz: the broker does not know the time zone us\/eastern; [^\n]+\n$/);
});

describe("2: an invalid command line; nothing is scheduled", () => {
  test.each([
    [["--every", "1h", "--cron", "0 4 * * *"], "give one of --at, --every and --cron (usage)"],
    [["--tz", "Europe/Oslo"], "give one of --at, --every and --cron (usage)"],
    [["--every", "1h", "--tz", "Europe/Oslo"], "--tz is only for --cron; a time after --at has its own offset (usage)"],
    [
      ["--every", "1h", "--wait", "5s"],
      "--wait cannot be used with a schedule, which is for one later message; leave it out (usage)",
    ],
    [
      ["--every", "1h", "--lines", "-"],
      "--lines cannot be used with a schedule, which is for one later message; leave it out (usage)",
    ],
    [
      ["--every", "1h", "--file", "-"],
      "--file cannot be used with a schedule, which is for one later message; leave it out (usage)",
    ],
    [["--every", "1h", "--id", "a".repeat(29)], "--id may have at most 28 characters with a schedule (usage)"],
    [
      ["--every", "100ms"],
      '--every: "100ms" is not an interval; write whole seconds or more, such as 30s or 1h (usage)',
    ],
    [
      ["--at", "noon"],
      '--at: "noon" is not a time; write one such as 2026-12-24T18:00:00Z or 2026-12-24T18:00+01:00 (usage)',
    ],
    [["--cron", "0 4 * *"], /^steward: --cron: "0 4 \* \*": write five fields: minute, hour, day, month and weekday; /],
  ])("%j", async (args, fault) => {
    const { code, stdout, stderr } = await fleet.steward([
      "send",
      "ship1",
      "ping",
      ...(args.includes("--id") ? [] : ["--id", "bad"]),
      ...args,
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    if (typeof fault === "string") expect(stderr).toBe(`steward: ${fault}\n`);
    else expect(stderr).toMatch(fault);
    expect(await listed("bad")).toEqual([]);
  });

  test.each([
    [["schedule", "mend"], '"mend" is not one of ls, rm; see `steward schedule --help` (usage)'],
    [["schedule", "rm"], "name the schedule, such as `steward schedule rm backup` (usage)"],
    [["schedule", "rm", "a.b"], '"a.b" is not a valid id of a schedule (usage)'],
  ])("%j", async (args, fault) => {
    expect(await fleet.steward(args)).toEqual({ code: 2, stdout: "", stderr: `steward: ${fault}\n` });
  });
});
