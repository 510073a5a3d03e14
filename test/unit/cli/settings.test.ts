import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeOptions } from "../../../src/cli/node-options.ts";
import { resolveSettings } from "../../../src/cli/settings.ts";

let home: string;
let file: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "steward-settings-"));
  await mkdir(join(home, "steward"));
  file = join(home, "steward", "steward.yaml");
});
afterEach(() => rm(home, { recursive: true }));

const sendOptions = {
  timeout: { type: "string", describe: "" },
  label: { type: "strings", describe: "" },
  wait: { type: "string", describe: "" },
  from: { type: "string", describe: "" },
} as const;

test("what was typed goes before a variable, and that before the file", async () => {
  await writeFile(file, "{ namespace: file, from: file, wait: 1m, logLevel: debug }");
  const env = { XDG_CONFIG_HOME: home, STEWARD_NAMESPACE: "variable", STEWARD_FROM: "variable" };
  const { args, origins } = await resolveSettings({ namespace: "typed" }, sendOptions, env);
  expect(args).toEqual({ namespace: "typed", from: "variable", wait: "1m", "log-level": "debug" });
  expect(origins).toEqual({
    namespace: { kind: "flag" },
    from: { kind: "variable", name: "STEWARD_FROM" },
    wait: { kind: "file", path: file },
    "log-level": { kind: "file", path: file },
  });
});

test("what the file says of the daemon is no order to a command that has an option of the same name", async () => {
  await writeFile(file, "{ timeout: 2m, label: [site=oslo], central: hq, server: nats://h }");
  const env = { XDG_CONFIG_HOME: home };
  expect((await resolveSettings({}, sendOptions, env)).args).toEqual({ server: "nats://h" });
  const ofNode = await resolveSettings({}, nodeOptions, env, () => true);
  expect(ofNode.args).toEqual({ timeout: "2m", label: ["site=oslo"], central: "hq", server: "nats://h" });
});

test("a context that is named goes before the file, with all that belongs to a connection", async () => {
  await writeFile(file, "{ server: nats://file, creds: file.creds, tlsCa: ca.pem, namespace: file, context: other }");
  const env = { XDG_CONFIG_HOME: home, STEWARD_CONTEXT: "prod" };
  expect((await resolveSettings({}, {}, env)).args).toEqual({ context: "prod", namespace: "file" });
});

test("a file that is named goes before the one at the usual place, and must be there", async () => {
  await writeFile(file, "namespace: usual");
  const other = join(home, "other.yaml");
  await writeFile(other, "namespace: other");
  const env = { XDG_CONFIG_HOME: home };
  expect((await resolveSettings({}, {}, env)).args).toEqual({ namespace: "usual" });
  expect((await resolveSettings({ config: other }, {}, env)).args).toMatchObject({ namespace: "other" });
  const variable = { ...env, STEWARD_CONFIG: other };
  expect((await resolveSettings({}, {}, variable)).args).toMatchObject({ namespace: "other" });
  const missing = resolveSettings({ config: join(home, "missing.yaml") }, {}, env);
  await expect(missing).rejects.toMatchObject({ code: "fileUnreadable" });
});

test("a file at the usual place that cannot be read is told, not passed over: it may forbid things", async () => {
  await mkdir(file);
  const reading = resolveSettings({}, {}, { XDG_CONFIG_HOME: home });
  await expect(reading).rejects.toMatchObject({
    code: "fileUnreadable",
    message: expect.stringContaining(file) as string,
  });
});
