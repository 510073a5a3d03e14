import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findServer } from "../../src/broker/server/find.ts";
import { startServerProcess } from "../../src/broker/server/process.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { freePort, startServer } from "../support/nats-server.ts";
import { run, start } from "./support.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1"]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

const noStreams = /^steward: there is no stream \w+; create it with `steward init` \(streamsMissing\)\n$/;
const commands = [["send", "ship1", "ping"], ["nodes"], ["status", "a"], ["log"]];

describe.concurrent("4: no broker", () => {
  test.each(commands)("steward %s says so in one line, after 5 s", async (...command) => {
    const url = `nats://127.0.0.1:${await freePort()}`;
    const { code, stdout, stderr, ms } = await run(command, { NATS_URL: url });
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toBe(
      `steward: no broker answers at ${url} (connection refused); ` +
        "start one with `steward broker` or name another with --server (brokerUnreachable)\n",
    );
    expect(ms).toBeGreaterThan(4900);
    expect(ms).toBeLessThan(8000);
  });

  test("a server that accepts the connection and stays silent counts as no broker", async () => {
    await using silent = await proxy(0, /never/);
    const { code, stderr, ms } = await run(["nodes"], { NATS_URL: silent.url });
    expect({ code, stderr }).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("(timeout); start one") as unknown,
    });
    expect(ms).toBeLessThan(8000);
  });

  test("a command that waits for its broker gets it", async () => {
    const port = await freePort();
    const waiting = start(["nodes", "--server", `127.0.0.1:${port}`], {});
    await using server = await startServer({ port });
    const { code, stderr } = await waiting.ended;
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: expect.stringMatching(noStreams) as unknown,
    });
    expect(server.port).toBe(port);
  });
});

describe.concurrent("4: a broker that stops answering during a command", () => {
  test("before it confirmed a message: the id is printed after 30 s, and sending again completes it", async () => {
    await using cut = await proxy(fleet.server.port, /^HPUB steward\.ship1/m);
    const args = ["send", "ship1", "exec", "--id", "cut", "--", "echo", "done"];
    const { code, stdout, stderr, ms } = await run(args, { NATS_URL: cut.url });
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toBe(
      "steward: the broker did not confirm within 30s that it stored cut; " +
        "check with `steward status` and the id, or send again with the same id: it will not run twice (unconfirmed)\n",
    );
    expect(ms).toBeLessThan(36_000);
    expect(await fleet.steward(args)).toEqual({ code: 0, stdout: "done\n", stderr: "" });
  }, 60_000);

  test("130: Ctrl-C ends the wait at once, and the id is printed", async () => {
    await using cut = await proxy(fleet.server.port, /^HPUB steward\.ship1/m);
    const sending = start(["send", "ship1", "ping", "--id", "stopped"], { NATS_URL: cut.url });
    await cut.silent;
    sending.interrupt();
    const { code, stderr } = await sending.ended;
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr:
        "steward: interrupted before the broker confirmed that it stored stopped; " +
        "check with `steward status` and the id, or send again with the same id: it will not run twice (stopped)\n",
    });
  });

  test.each([["nodes"], ["status", "a"], ["log"]])("during steward %s", async (...command) => {
    await using cut = await proxy(fleet.server.port, /\$JS\.API\./);
    const { code, stdout, stderr, ms } = await run(command, { NATS_URL: cut.url });
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({
      code: 4,
      stdout: "",
      stderr: "steward: the broker does not answer: timeout; check that it is running (brokerUnreachable)\n",
    });
    expect(ms).toBeLessThan(8000);
  });
});

describe("4: a broker that is not set up", () => {
  test.each(commands)("steward %s in a namespace without streams", async (...command) => {
    const { code, stdout, stderr } = await fleet.steward([...command, "--namespace", "other"]);
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toMatch(
      /^steward: there is no stream (KV_)?OTHER_\w+; create it with `steward init` \(streamsMissing\)\n$/,
    );
  });

  test("a server without JetStream is reported at once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "steward-plain-"));
    const [port, { path: binary }] = [await freePort(), await findServer({ say: console.error })];
    await writeFile(join(folder, "plain.conf"), `host: 127.0.0.1\nport: ${port}\n`);
    const server = startServerProcess({ binary, configFile: join(folder, "plain.conf") });
    await server.ready;
    for (const command of commands) {
      const { code, stderr, ms } = await run(command, { NATS_URL: `nats://127.0.0.1:${port}` });
      expect({ code, stderr }).toEqual({
        code: 4,
        stderr:
          `steward: the broker at 127.0.0.1:${port} runs without JetStream; ` +
          "start it with -js, or use `steward broker` (jetStreamOff)\n",
      });
      expect(ms).toBeLessThan(4500);
    }
    server.signal("SIGTERM");
    await server.ended;
    await rm(folder, { recursive: true });
  });

  test("wrong credentials are refused at once", async () => {
    await using server = await startServer({ extraConfig: guestsAndAnn });
    const { code, stderr, ms } = await run(["nodes", "--user", "ann", "--password", "guess"], { NATS_URL: server.url });
    expect({ code, stderr }).toMatchObject({
      code: 4,
      stderr: expect.stringMatching(
        /^steward: not authorised to connect to .*; check them: --creds, --nkey, --user, .* \(brokerRefused\)\n$/,
      ) as unknown,
    });
    expect(ms).toBeLessThan(4500);
  });
});

/** Without a name the user is a guest, so that the test's own support can connect. */
const guestsAndAnn = `
  authorization { users: [{ user: guest, password: guest }, { user: ann, password: secret }] }
  no_auth_user: guest
`;

interface Proxy extends AsyncDisposable {
  readonly url: string;
  /** Resolves when the proxy has stopped passing data on. */
  readonly silent: Promise<void>;
}

/** Passes all data on until the client sends a match. Then nothing passes, though connections stay open. */
async function proxy(port: number, until: RegExp): Promise<Proxy> {
  let isSilent = port === 0;
  let stop: () => void = () => {};
  const silent = new Promise<void>((resolve) => (stop = resolve));
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    sockets.add(client.on("error", () => {}));
    if (port === 0) return;
    const broker = connect({ port, host: "127.0.0.1", noDelay: true });
    sockets.add(broker.on("error", () => {}));
    client.on("data", (bytes) => {
      if (until.test(bytes.toString("latin1"))) isSilent = true;
      if (isSilent) stop();
      else broker.write(bytes);
    });
    broker.on("data", (bytes) => isSilent || client.write(bytes));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`,
    silent,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
