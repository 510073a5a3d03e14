import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { resolveSettings } from "../../../src/cli/settings.ts";
import { camelCase, nodeOptions, operatorOptions, settings, type Bound } from "../../../src/config/options.ts";

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
  ...operatorOptions,
} as const;

test("a typed value has precedence over a variable, and that over the file", async () => {
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

test("daemon settings in the file do not apply to a command's option of the same name", async () => {
  await writeFile(file, "{ timeout: 2m, label: [site=oslo], central: hq, server: nats://h }");
  const env = { XDG_CONFIG_HOME: home };
  expect((await resolveSettings({}, sendOptions, env)).args).toEqual({ server: "nats://h" });
  const ofNode = await resolveSettings({}, nodeOptions, env, () => true);
  expect(ofNode.args).toEqual({ timeout: "2m", label: ["site=oslo"], central: "hq", server: "nats://h" });
});

test("a given context has precedence over all connection settings in the file", async () => {
  await writeFile(file, "{ server: nats://file, creds: file.creds, tlsCa: ca.pem, namespace: file, context: other }");
  const env = { XDG_CONFIG_HOME: home, STEWARD_CONTEXT: "prod" };
  expect((await resolveSettings({}, {}, env)).args).toEqual({ context: "prod", namespace: "file" });
});

test("a given file has precedence over the default one, and must exist", async () => {
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

test("a default file that cannot be read is reported, not skipped: it may forbid things", async () => {
  await mkdir(file);
  const reading = resolveSettings({}, {}, { XDG_CONFIG_HOME: home });
  await expect(reading).rejects.toMatchObject({
    code: "fileUnreadable",
    message: expect.stringContaining(file) as string,
  });
});

/** Invalid values, as they are typed and as they are written in a file. */
const unfit: Record<Bound["kind"], readonly string[]> = {
  text: [""],
  secret: [],
  flag: ["maybe"],
  token: ["", "a.b", "x".repeat(65)],
  nodeName: ["all", "-a", "a.b"],
  namespace: ["Prod", "a.b", "*"],
  label: ["site", "=oslo"],
  choice: ["loud"],
  duration: ["soon", "60", "-1s", "25d", ""],
  wholeNumber: ["-1", "1.5", "1e3", "0x10", "99999999999", "many"],
};
const tooShort = { "presence-ttl": "2s", "watchdog-interval": "0s", timeout: "0s" } as const;

test.each(
  Object.entries(settings).flatMap(([name, { bound }]) =>
    [...unfit[bound.kind], ...Object.entries(tooShort).flatMap(([of, value]) => (of === name ? [value] : []))].map(
      (value) => [name, value] as const,
    ),
  ),
)("--%s %j is refused alike when it is typed, in a variable and in the file", async (name, value) => {
  const { type } = settings[name] ?? {};
  const number = /^-?[\d.]+$/.test(value) ? Number(value) : Number.NaN;
  const asTyped = type === "number" ? number : type === "strings" ? [value] : value;
  const nowhere = { XDG_CONFIG_HOME: home };
  const variable = `STEWARD_${name.toUpperCase().replaceAll("-", "_")}`;
  // Yargs creates booleans itself, and an empty variable counts as not set.
  if (type !== "boolean") {
    const typed = resolveSettings({ [name]: asTyped }, settings, nowhere, () => true);
    await expect(typed).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining(`--${name}`) as string,
    });
  }
  if (value !== "") {
    const set = resolveSettings({}, settings, { ...nowhere, [variable]: value }, () => true);
    await expect(set).rejects.toMatchObject({
      code: "badSettings",
      message: expect.stringContaining(variable) as string,
    });
  }
  const inFile = type === "number" && !Number.isNaN(number) ? value : JSON.stringify(value);
  await writeFile(file, `${camelCase(name)}: ${inFile}`);
  const read = resolveSettings({}, settings, nowhere, () => true);
  await expect(read).rejects.toMatchObject({
    code: "badSettings",
    message: expect.stringContaining(`steward.yaml: ${camelCase(name)}`) as string,
  });
});

test("every default is within its bounds", async () => {
  const defaults = Object.entries(settings).map(([name, setting]) => [name, setting.default] as const);
  const typed = Object.fromEntries(defaults.filter(([, value]) => value !== undefined));
  expect((await resolveSettings(typed, settings, { XDG_CONFIG_HOME: home }, () => true)).args).toEqual(typed);
});
