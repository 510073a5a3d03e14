import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startFleet } from "../support/fleet.ts";
import { startNode } from "../support/steward.ts";
import { run, type Ended } from "./support.ts";

let home: string;
let file: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "steward-home-"));
  await mkdir(join(home, "nats", "context"), { recursive: true });
  await mkdir(join(home, "steward"));
  file = join(home, "steward", "steward.yaml");
});
afterEach(() => rm(home, { recursive: true }));

const config = (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  run(["config", ...words], { XDG_CONFIG_HOME: home, ...env });

describe("steward config show", () => {
  test("each value is shown with its origin, and secrets are masked", async () => {
    await writeFile(
      file,
      "{ user: ann, retries: 3, label: [site=oslo], accept: [{}, {}], lanes: { command.exec: {} } }",
    );
    const { code, stdout, stderr } = await config(["show", "--namespace", "fleet"], {
      STEWARD_PASSWORD: "secret",
      NATS_URL: "nats://bob:word@h:4222",
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.toString().replaceAll(home, "~").replaceAll(/ {2,}/g, "  ")).toMatchInlineSnapshot(`
      "SETTING  VALUE  FROM
      config  ~/steward/steward.yaml  default
      server  nats://bob:********@h:4222  NATS_URL
      creds  -  -
      nkey  -  -
      user  ann  ~/steward/steward.yaml
      password  ********  STEWARD_PASSWORD
      token  -  -
      tlsCa  -  -
      tlsCert  -  -
      tlsKey  -  -
      tlsFirst  -  -
      context  -  -
      namespace  fleet  flag
      logLevel  info  default
      wait  30s  default
      from  -  -
      dataDir  -  -
      inbox  -  -
      handlers  -  -
      central  central  default
      label  site=oslo  ~/steward/steward.yaml
      timeout  60s  default
      retries  3  ~/steward/steward.yaml
      retryWait  5s  default
      killGrace  5s  default
      outputLimit  65536  default
      drainTimeout  30s  default
      daemonEnds  3  default
      presenceTtl  60s  default
      watchdogInterval  5m  default
      accept  2 rules  ~/steward/steward.yaml
      policy  -  default
      lanes  1 rule  ~/steward/steward.yaml
      "
    `);
  });

  test("a context is shown with its name and its file, also with --json", async () => {
    const context = join(home, "nats", "context", "prod.json");
    await writeFile(context, JSON.stringify({ url: "nats://h", token: "secret", tls_first: true }));
    await writeFile(join(home, "nats", "context.txt"), "prod");
    const { stdout } = await config(["show", "--json"], { STEWARD_WAIT: "1m" });
    const shown = JSON.parse(stdout.toString()) as { settings: Record<string, unknown> };
    const from = { kind: "context", name: "prod", path: context };
    expect(shown.settings).toMatchObject({
      server: { value: "nats://h", from },
      token: { value: "********", from },
      tlsFirst: { value: true, from },
      wait: { value: "1m", from: { kind: "variable", name: "STEWARD_WAIT" } },
      namespace: { value: "steward", from: { kind: "default" } },
      creds: { from: { kind: "default" } },
    });
    expect(shown).not.toHaveProperty("file");
  });
});

test("2: an unknown key is reported with its place, by every command", async () => {
  await writeFile(file, "server: nats://h\naccept: [{ subjekt: exec }]\n");
  const line = `steward: ${file}: accept.1.subjekt: unknown key; did you mean subject? (badSettings)\n`;
  for (const words of [["config", "show"], ["nodes"], ["node", "ship1"]]) {
    expect(await run(words, { XDG_CONFIG_HOME: home })).toMatchObject({ code: 2, stderr: line });
  }
});

describe("steward config validate", () => {
  test("checks the given file, whatever the default one contains", async () => {
    await writeFile(file, "nonsense: true");
    const other = join(home, "other.yaml");
    await writeFile(other, "server: nats://h");
    expect((await config(["validate", other])).stdout.toString()).toBe(`${other} is valid\n`);
    const wrong = await config(["validate", file]);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: `steward: ${file}: nonsense: unknown key (badSettings)\n`,
    });
  });

  test("2: an invalid line", async () => {
    expect(await config(["validate"])).toMatchObject({ code: 2 });
    expect(await config(["validate", join(home, "missing.yaml")])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/missing\.yaml cannot be read: ENOENT.* \(fileUnreadable\)\n$/) as unknown,
    });
    expect(await config(["shaw"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("did you mean show") as unknown,
    });
    expect(await config(["schema", "acks"])).toMatchObject({
      code: 2,
      stderr: 'steward: "acks" is not one of config, message, ack (usage)\n',
    });
  });
});

test("steward config schema prints the schemas of the package, and they describe themselves", async () => {
  for (const name of ["config", "message", "ack"]) {
    const { code, stdout } = await config(["schema", name]);
    expect(code).toBe(0);
    expect(stdout).toEqual(await readFile(join(import.meta.dirname, `../../dist/schemas/${name}.json`)));
  }
  const schema = JSON.parse((await config(["schema"])).stdout.toString()) as {
    properties: Record<string, { description?: string }>;
  };
  expect(schema).toMatchObject({
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Steward configuration",
    additionalProperties: false,
    properties: {
      server: { type: "string" },
      tlsFirst: { type: "boolean" },
      timeout: { pattern: expect.any(String) as string },
    },
  });
  const mute = Object.entries(schema.properties).filter(([, { description = "" }]) => description === "");
  expect(mute).toEqual([]);
});

test("the configuration at its default place gives the broker to commands and nodes, and a node follows its changes", async () => {
  await using fleet = await startFleet();
  await writeFile(file, `{ server: "${fleet.server.url}", from: ann, retries: 1, accept: [] }`);
  const env = { XDG_CONFIG_HOME: home };
  await using ship = await startNode(fleet.server.url, "ship1", ["--config", file]);
  const refused = await run(["send", "ship1", "ping", "--json"], env);
  expect(JSON.parse(refused.stdout.toString())).toMatchObject({
    nodes: [{ state: "rejected", error: { code: "notAccepted" }, message: { from: "ann" } }],
  });
  // The node's default does not apply to the sender.
  expect(refused.stdout.toString()).not.toContain("retries");
  await writeFile(file, `{ server: "${fleet.server.url}" }`);
  await expect.poll(() => ship.log(), { timeout: 10_000 }).toContain("the new settings apply from the next message on");
  expect(await run(["send", "ship1", "ping"], env)).toMatchObject({ code: 0 });
});
