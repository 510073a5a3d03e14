import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { contextNames, readContext, selectedContext } from "../../../src/config/nats-context.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "steward-contexts-"));
  await mkdir(join(home, "nats", "context"), { recursive: true });
});
afterEach(() => rm(home, { recursive: true }));

const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({ XDG_CONFIG_HOME: home, ...more });
const keep = async (name: string, said: object | string): Promise<void> =>
  writeFile(
    join(home, "nats", "context", `${name}.json`),
    typeof said === "string" || Buffer.isBuffer(said) ? said : JSON.stringify(said),
  );
const read = async (said: object | string): Promise<unknown> => {
  await keep("prod", said);
  return (await readContext("prod", env({ KEYS: "/keys" }))).options;
};

/** As `nats context add` writes it. */
const written = {
  description: "x",
  url: "nats://h:1",
  socks_proxy: "",
  token: "",
  user: "u",
  password: "p",
  creds: "",
  nkey: "",
  cert: "",
  key: "",
  ca: "",
  nsc: "",
  jetstream_domain: "",
  jetstream_api_prefix: "",
  jetstream_event_prefix: "",
  inbox_prefix: "",
  user_jwt: "",
  user_seed: "",
  color_scheme: "",
  tls_first: true,
  windows_cert_store: "",
  windows_cert_match_by: "",
  windows_cert_match: "",
  windows_ca_certs_match: null,
};

describe("a context is read into our options", () => {
  test.each([
    [written, { server: "nats://h:1", user: "u", password: "p", "tls-first": true }],
    [{}, { server: "nats://127.0.0.1:4222" }],
    [
      { url: "tls://a,tls://b", token: "t" },
      { server: "tls://a,tls://b", token: "t" },
    ],
    [
      { cert: "~/c.pem", key: "$KEYS/k.pem", ca: "${KEYS}/ca.pem", creds: "file:///u.creds" },
      {
        server: "nats://127.0.0.1:4222",
        "tls-cert": "~/c.pem",
        "tls-key": "/keys/k.pem",
        "tls-ca": "/keys/ca.pem",
        creds: "/u.creds",
      },
    ],
    [{ nkey: "C:\\u.nk" }, { server: "nats://127.0.0.1:4222", nkey: "C:\\u.nk" }],
    [{ password: "pa$KEYS" }, { server: "nats://127.0.0.1:4222", password: "pa$KEYS" }],
  ])("%j", async (said, options) => {
    expect(await read(said)).toEqual(options);
  });
});

describe("a context that cannot be used is reported on one line", () => {
  const instead = "which Steward cannot use; give the broker and the credentials as options instead";
  test.each([
    [
      { jetstream_domain: "hub", socks_proxy: "p" },
      `the NATS context prod sets socks_proxy, jetstream_domain, ${instead}`,
    ],
    [{ creds: "op://vault/item" }, `the NATS context prod keeps its creds in op:, ${instead}`],
    [{ nkey: "data:secret" }, `the NATS context prod keeps its nkey in data:, ${instead}`],
    [{ url: 4222 }, "the NATS context prod: url is not a text"],
    [{ creds: "/a\0b" }, "the NATS context prod: creds must not contain NUL"],
    [{ ca: "$NOWHERE" }, "the NATS context prod: ca must not be empty"],
    ["[]", /^the NATS context prod \(.*prod\.json\) is not a JSON object$/],
    ["{", /^the NATS context prod \(.*prod\.json\) is not valid JSON: [^\n]+$/],
  ])("%j", async (said, message) => {
    const refused = await read(said).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "badSettings" });
    expect((refused as Error).message).toMatch(message);
  });
});

test.each([
  '{"password": hunter2}',
  '{"user":"somebody","password": hunter2, "x": 1}',
  '{"password":"hunter2" "x": 1}',
])("no part of %s is shown", async (text) => {
  const refused = await read(text).catch((error: unknown) => error);
  expect((refused as Error).message).toContain("is not valid JSON: ");
  expect((refused as Error).message).not.toContain("hunt");
});

test("F5: bytes that are not UTF-8 are refused, and not read as another password", async () => {
  const refused = read(Buffer.from('{"password":"gr\xfcn"}', "latin1"));
  await expect(refused).rejects.toThrow(/^the NATS context prod \(.*\) is not UTF-8; save the file as UTF-8$/);
});

test("an unknown context is reported with the existing ones, and with a suggestion", async () => {
  const folder = join(home, "nats", "context");
  await expect(readContext("a", env())).rejects.toThrow(
    `no NATS context "a" in ${folder}; this folder has no contexts`,
  );
  await Promise.all(["prod", "dev"].map((name) => keep(name, {})));
  const meant = `no NATS context "pord" in ${folder}, perhaps you mean prod; there are dev, prod`;
  await expect(readContext("pord", env())).rejects.toThrow(meant);
  await writeFile(join(home, "secret.json"), "{}");
  await expect(readContext("../../secret", env())).rejects.toMatchObject({ code: "badSettings" });
});

test("the selected context is the one in context.txt", async () => {
  expect(await selectedContext(env())).toBeUndefined();
  await keep("dev", { url: "nats://dev" });
  await writeFile(join(home, "nats", "context.txt"), "dev\n");
  expect(await selectedContext(env())).toMatchObject({ name: "dev", options: { server: "nats://dev" } });
  await rm(join(home, "nats", "context", "dev.json"));
  await expect(selectedContext(env())).rejects.toThrow(
    "this folder has no contexts; it is the selected context: select another one with",
  );
});

test("if nats has no contexts, there are none", async () => {
  expect(await contextNames({ XDG_CONFIG_HOME: join(home, "missing") })).toEqual([]);
});
