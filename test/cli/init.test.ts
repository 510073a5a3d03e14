import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Arguments } from "../../src/cli/command.ts";
import { startServer, type TestServer } from "../support/nats-server.ts";
import { steward } from "../support/steward.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

test("init creates the streams, and a second init changes nothing", async () => {
  expect(await init()).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "stderr": "",
      "stdout": "STEWARD_SCHEDULES created
    STEWARD_MESSAGES created
    STEWARD_ACKS created
    KV_STEWARD_NODES created
    KV_STEWARD_PRESENCE created
    KV_STEWARD_GROUPS created
    OBJ_STEWARD_FILES created",
    }
  `);
  expect(await init()).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await init({ check: true, json: true })).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "stderr": "",
      "stdout": "{"namespace":"steward","streams":[{"kind":"ok","stream":"STEWARD_SCHEDULES"},{"kind":"ok","stream":"STEWARD_MESSAGES"},{"kind":"ok","stream":"STEWARD_ACKS"},{"kind":"ok","stream":"KV_STEWARD_NODES"},{"kind":"ok","stream":"KV_STEWARD_PRESENCE"},{"kind":"ok","stream":"KV_STEWARD_GROUPS"},{"kind":"ok","stream":"OBJ_STEWARD_FILES"}]}",
    }
  `);
});

test("check reports missing streams, creates nothing, and exits with 1", async () => {
  const missing = await init({ check: true, namespace: "absent" });
  expect(missing).toMatchInlineSnapshot(`
    {
      "exitCode": 1,
      "stderr": "ABSENT_SCHEDULES is missing: create it with \`steward init\`
    ABSENT_MESSAGES is missing: create it with \`steward init\`
    ABSENT_ACKS is missing: create it with \`steward init\`
    KV_ABSENT_NODES is missing: create it with \`steward init\`
    KV_ABSENT_PRESENCE is missing: create it with \`steward init\`
    KV_ABSENT_GROUPS is missing: create it with \`steward init\`
    OBJ_ABSENT_FILES is missing: create it with \`steward init\`",
      "stdout": "ABSENT_SCHEDULES missing
    ABSENT_MESSAGES missing
    ABSENT_ACKS missing
    KV_ABSENT_NODES missing
    KV_ABSENT_PRESENCE missing
    KV_ABSENT_GROUPS missing
    OBJ_ABSENT_FILES missing",
    }
  `);
  expect(await init({ check: true, namespace: "absent" })).toEqual(missing);
});

test("an operator's change is reported on one line and kept, and the exit code is 1", async () => {
  await init({ namespace: "changed" });
  const nc = await connect({ servers: server.url });
  const manager = await jetstreamManager(nc);
  await manager.streams.update("CHANGED_ACKS", { max_age: 86_400e9, subjects: ["changed.*.ack.>"] });
  const checked = await init({ namespace: "changed", check: true });
  expect(checked).toMatchObject({ exitCode: 1 });
  expect(checked.stderr).toMatchInlineSnapshot(`
    "CHANGED_ACKS differs: subjects is ["changed.*.ack.>"], expected ["changed.*.ack.*.*.*"]; if this is not intended, set it back with \`nats stream edit CHANGED_ACKS\`
    CHANGED_ACKS differs: max_age is 1d, expected 7d; if this is not intended, set it back with \`nats stream edit CHANGED_ACKS\`"
  `);
  await manager.streams.delete("KV_CHANGED_PRESENCE");
  const applied = await init({ namespace: "changed" });
  expect(applied).toMatchObject({ exitCode: 1, stderr: checked.stderr });
  expect(applied.stdout).toContain("KV_CHANGED_PRESENCE created");
  expect((await manager.streams.info("CHANGED_ACKS")).config).toMatchObject({ max_age: 86_400e9 });
  await nc.close();
});

test("the archive is created for the given time", async () => {
  expect((await init({ namespace: "archived", archive: "90d" })).stdout).toContain("ARCHIVED_ARCHIVE created");
  expect(await init({ namespace: "archived", archive: "90d", check: true })).toMatchObject({ exitCode: 0 });
  expect((await init({ namespace: "archived", archive: "365d", check: true })).stderr).toContain(
    "ARCHIVED_ARCHIVE differs: max_age is 90d, expected 365d;",
  );
});

test.each([{ replicas: 0 }, { replicas: 2.5 }, { replicas: Number.NaN }, { archive: "forever" }, { archive: "0s" }])(
  "%j is refused as usage",
  async (args) => {
    expect(await init(args)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("(usage)") as string });
  },
);

async function init(args: Arguments = {}): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const words = Object.entries(args).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
  const { code, stdout, stderr } = await steward(server.url, ["init", ...words]);
  return { exitCode: code, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}
