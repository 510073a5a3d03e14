import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePort, startServer, type TestServer } from "../support/nats-server.ts";
import { run, type Ended } from "./support.ts";

/** Without a name the user is a guest, so that the test's own support can connect. A guest may not read streams. */
const users = `
  authorization { users: [
    { user: guest, password: guest, permissions: { publish: { deny: "$JS.API.STREAM.>" } } },
    { user: ann, password: secret },
  ] }
  no_auth_user: guest
`;

let server: TestServer;
let home: string;
beforeAll(async () => {
  server = await startServer({ extraConfig: users });
});
afterAll(() => server.stop());
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "steward-home-"));
  await mkdir(join(home, "nats", "context"), { recursive: true });
  await mkdir(join(home, "steward"));
  await context("ann", { url: server.url, user: "ann", password: "secret" });
  await context("nobody", { url: "nats://127.0.0.1:1", user: "ann", password: "secret" });
});
afterEach(() => rm(home, { recursive: true }));

const context = async (name: string, said: object): Promise<void> =>
  writeFile(join(home, "nats", "context", `${name}.json`), JSON.stringify(said));
const select = async (name: string): Promise<void> => writeFile(join(home, "nats", "context.txt"), name);
const configure = async (yaml: string): Promise<void> => writeFile(join(home, "steward", "steward.yaml"), yaml);

/** Only Ann can create streams. */
const init = (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  run(["init", ...args], { XDG_CONFIG_HOME: home, ...env });
const isAnn = { code: 0 };

describe("a context selects its broker, with its credentials", () => {
  test("by option, by our variable, and by the variable of the nats CLI", async () => {
    expect(await init(["--context", "ann"])).toMatchObject(isAnn);
    expect(await init([], { STEWARD_CONTEXT: "ann", NATS_CONTEXT: "nobody" })).toMatchObject(isAnn);
    expect(await init([], { NATS_CONTEXT: "ann" })).toMatchObject(isAnn);
  });

  test("when it is selected, or when the configuration names it", async () => {
    await select("ann");
    expect(await init()).toMatchObject(isAnn);
    await select("nobody");
    await configure("context: ann");
    expect(await init()).toMatchObject(isAnn);
  });

  test("a selected context is ignored when a broker is given: its credentials are not sent there", async () => {
    await select("ann");
    const named = [
      init(["-s", server.url]),
      init([], { NATS_URL: server.url }),
      init([], { STEWARD_SERVER: server.url }),
    ];
    for (const one of await Promise.all(named)) {
      expect(one).toMatchObject({ code: 4, stderr: expect.stringMatching(/Permissions? Violation/) as unknown });
    }
    await configure(`server: ${server.url}`);
    expect(await init()).toMatchObject({ code: 4 });
    expect(await init(["--context", "ann"])).toMatchObject(isAnn);
  });

  test("a typed context has precedence over the environment: its credentials go to its own broker", async () => {
    const elsewhere = {
      NATS_URL: `nats://127.0.0.1:${await freePort()}`,
      STEWARD_USER: "nobody",
      STEWARD_PASSWORD: "x",
    };
    expect(await init(["--context", "ann"], elsewhere)).toMatchObject(isAnn);
  });

  test("tls:// is never spoken without encryption, and an invalid address is refused", async () => {
    const secure = await init(["-s", server.url.replace("nats:", "tls:"), "--user", "ann", "--password", "secret"]);
    expect(secure).toMatchObject({ code: 4, stderr: expect.stringContaining("tls") as unknown });
    for (const address of ["http://127.0.0.1", "nats://", ","]) {
      expect(await init(["-s", address])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("(badSettings)") as unknown,
      });
    }
  });

  test("typed options have precedence over it", async () => {
    expect(await init(["--context", "nobody", "-s", server.url])).toMatchObject(isAnn);
    const wrong = await init(["--context", "ann", "--password", "guess"]);
    expect(wrong).toMatchObject({ code: 4, stderr: expect.stringContaining("not authorised") as unknown });
  });
});

test("2: an unknown context, or one that cannot be used, is reported on one line", async () => {
  expect(await init(["--context", "an"])).toMatchObject({
    code: 2,
    stderr: `steward: no NATS context "an" in ${home}/nats/context, perhaps you mean ann; there are ann, nobody (badSettings)\n`,
  });
  await context("far", { url: server.url, jetstream_domain: "hub" });
  expect(await init(["--context", "far"])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /^steward: the NATS context far sets jetstream_domain, [^\n]* \(badSettings\)\n$/,
    ) as unknown,
  });
});

test("a broken selected context does not stop commands that need no broker", async () => {
  await select("gone");
  expect(await run(["config", "schema"], { XDG_CONFIG_HOME: home })).toMatchObject({ code: 0 });
  expect(await init()).toMatchObject({ code: 2, stderr: expect.stringContaining("nats context select") as unknown });
});
