import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { program } from "../support/steward.ts";
import { onTerminal } from "../support/terminal.ts";

let fleet: Fleet;
let folder: string;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2"]);
  folder = await mkdtemp(join(tmpdir(), "steward-terminal-"));
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Carriage return, and the rest of the line erased. */
const cleared = "\r\u001B[K";
const steward = `${process.execPath} ${program}`;

describe("on a terminal, a send that takes a while", () => {
  test("shows its progress in one line, which is removed at the end", async () => {
    const { code, shown } = await run("send ship1,ship2,away1 exec --wait 2s -- sleep 1");
    expect(code).toBe(3);
    expect(shown).toMatch(/\r\d of 3 done, [^\n]*\d running, 1 queued, \ds, missing: /);
    expect(shown).toContain("2 of 3 done, 1 queued, 1s, missing: away1");
    const [begin, end] = [shown.indexOf("\r0 of"), shown.lastIndexOf(cleared)];
    expect(begin).toBeGreaterThan(0);
    expect(shown.slice(begin, end)).not.toContain("\n");
    expect(shown.slice(end)).toContain("ship1, ship2: succeeded\r\n");
  });

  test("writes it only to stderr: stdout has the document", async () => {
    const file = join(folder, "out.json");
    const { shown } = await run(`send ship1,away1 exec --wait 1500ms --json -- sleep 1 > ${file}`);
    expect(shown).toMatch(/\r0 of 2 done, /);
    const stdout = await readFile(file, "utf8");
    expect([...Buffer.from(stdout)].filter((byte) => byte < 0x20)).toEqual([0x0a]);
    expect(JSON.parse(stdout)).toMatchObject({ summary: { succeeded: 1, pending: 1 } });
  });

  test.each([["--quiet"], ["--no-wait"]])("shows no progress with %s", async (option) => {
    const { shown } = await run(`send ship1 exec ${option} --id quiet${option} -- sleep 1`);
    expect(shown).not.toContain("of 1 done");
  });

  test("shows no progress when it ends at once, nor on a terminal that cannot draw", async () => {
    expect((await run("send ship1 ping")).shown).toBe("pong\r\n");
    expect((await run("send ship1 exec -- sleep 1", { TERM: "dumb" })).shown).toBe("");
  });
});

describe("before a message to many nodes", () => {
  const names = Array.from({ length: 12 }, (_, index) => `many${String(index).padStart(2, "0")}`);
  beforeAll(async () => {
    for (const name of names) fleet.nc.publish(`$KV.STEWARD_NODES.${name}.info`, "{}");
    await fleet.nc.flush();
  });

  test("a person is asked; every answer except yes means no", async () => {
    const no = await run("send 'many*' ping --no-wait --id asked", {}, "\r");
    expect(no.shown).toContain("send it to 12 nodes? [y/N]");
    expect(no.shown).toContain("nothing was sent");
    expect(no.code).toBe(1);
    expect((await fleet.steward(["status", "asked"])).code).toBe(5);
    const yes = await run("send 'many*' ping --no-wait --id asked", {}, "y\r");
    expect(yes.code).toBe(0);
    expect(yes.shown).toMatch(/asked\r\n$/);
  });

  test("Ctrl-C and Ctrl-D send nothing", async () => {
    expect(await run("send 'many*' ping --id never", {}, "\u0003")).toMatchObject({ code: 130 });
    expect(await run("send 'many*' ping --id never", {}, "\u0004")).toMatchObject({ code: 1 });
    expect((await fleet.steward(["status", "never"])).code).toBe(5);
  });
});

describe("O-W6: every way to select many nodes counts", () => {
  const names = Array.from({ length: 12 }, (_, index) => `few${String(index).padStart(2, "0")}`);
  beforeAll(async () => {
    await fleet.steward(["group", "add", "few", ...names]);
    await fleet.steward(["send", names.join(","), "ping", "--id", "sweep", "--no-wait"]);
  });

  test.each([
    ["a group", "send @few ping --no-wait"],
    ["a group among names", "send @few,ship1 ping --no-wait"],
    ["a group on a schedule", "send @few ping --every 1h"],
    ["a group, and lines", "send @few log --lines /etc/hostname --no-wait"],
    ["a message sent again", "replay sweep --no-wait"],
    ["all, by the state of a message", "send all,@few ping --only sweep:pending --no-wait"],
  ])("%s: 2 without a terminal, 0 with --yes", async (_what, line) => {
    const before = (await fleet.steward(["queue", "--summary", "--json"])).stdout;
    const { code, stderr } = await fleet.steward(line.split(" "));
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining("Without a terminal nobody can be asked") as unknown,
    });
    expect((await fleet.steward(["queue", "--summary", "--json"])).stdout).toBe(before);
    expect(await fleet.steward([...line.split(" "), "--yes"])).toMatchObject({ code: 0 });
  });

  test("a person is asked before a replay, and may name the nodes", async () => {
    const no = await run("replay sweep --no-wait --only expired,failed", {}, "n\r");
    expect(no.code).toBe(5);
    expect(await run("replay sweep --no-wait", {}, "n\r")).toMatchObject({ code: 1 });
    const few = await fleet.steward([
      "replay",
      "sweep",
      "--limit",
      "3",
      "--seed",
      "s",
      "--exclude",
      "few01",
      "--dry-run",
    ]);
    expect(few).toMatchObject({ code: 0 });
    expect(few.stdout.split("\n").filter((name) => /^few\d\d$/.test(name) && name !== "few01")).toHaveLength(3);
    expect(few.stderr).toContain("3 nodes, selected with --seed s; nothing was sent");
    expect(await fleet.steward(["replay", "sweep", "--to", "ship1"])).toMatchObject({ code: 0 });
    expect(await fleet.steward(["replay", "sweep", "--to", "ship1", "--limit", "3"])).toMatchObject({ code: 2 });
  });

  test("nodes that are given by name need no question", async () => {
    expect(await fleet.steward(["send", names.join(","), "ping", "--no-wait"])).toMatchObject({ code: 0 });
    expect(await fleet.steward(["send", "@-", "ping", "--no-wait"], names.join("\n"))).toMatchObject({ code: 0 });
  });
});

test("long lists of names are shortened on a terminal, and complete in a pipe", async () => {
  const names = Array.from({ length: 14 }, (_, index) => `far${index}`);
  const args = ["send", names.join(","), "ping", "--wait", "0s", "--id", "list"];
  expect((await fleet.steward(args)).stdout).toContain(`${names.join(", ")}: queued\n`);
  const { shown } = await run(args.join(" "));
  expect(shown).toContain(
    "far0, far1, far2, far3, far4, far5, far6, far7, far8, far9, far10, far11 and 2 more: queued",
  );
});

function run(args: string, env: Readonly<Record<string, string>> = {}, typed?: string): ReturnType<typeof onTerminal> {
  return onTerminal(`${steward} ${args}`, { NATS_URL: fleet.server.url, ...env }, typed);
}
