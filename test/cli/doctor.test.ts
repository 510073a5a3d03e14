import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "nats";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findServer } from "../../src/broker/server/find.ts";
import { startServerProcess } from "../../src/broker/server/process.ts";
import { outputSchemas } from "../../src/cli/output-schemas.ts";
import { clockWrongBy } from "../faults/suite/nemeses/daemon.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { startLink } from "../support/link.ts";
import { freePort, startServer } from "../support/nats-server.ts";
import { startOldServer } from "../support/old-server.ts";
import { run } from "./support.ts";

/** Without a name the user is a guest, so that the test's own support can connect. */
const users = `
  accounts {
    FLEET: { jetstream: enabled, users: [
      { user: guest, password: guest },
      { user: reader, password: reader, permissions: { publish: { deny: [
        "steward.*.command.>", "steward.*.event.>", "steward.*.ack.>", "$JS.API.STREAM.MSG.DELETE.>"
      ] } } },
      { user: blind, password: blind, permissions: { publish: { deny: ["$JS.API.STREAM.INFO.>"] } } },
      { user: deaf, password: deaf, permissions: { subscribe: { deny: ["_INBOX.>"] } } },
      { user: unheard, password: unheard, permissions: { subscribe: { deny: ["steward.>"] } } },
    ] }
    PLAIN: { users: [{ user: plain, password: plain }] }
  }
  no_auth_user: guest
`;

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet(["ship1"], { extraConfig: users });
  await fleet.steward(["send", "ship1", "ping"]);
});
afterAll(() => fleet[Symbol.asyncDispose]());

interface Diagnosis {
  readonly code: number | null;
  readonly ms: number;
  /** The problems, by the name of the check. */
  readonly ill: Readonly<Record<string, string>>;
  readonly skipped: readonly string[];
}

async function doctor(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Diagnosis> {
  const { code, stdout, stderr, ms } = await run(["doctor", "--json", ...args], { NATS_URL: fleet.server.url, ...env });
  expect(stderr).toBe("");
  const answer = JSON.parse(stdout.toString()) as { healthy: boolean; checks: Record<string, string>[] };
  expect(v.parse(outputSchemas["doctor"]!, answer)).toEqual(answer);
  expect(answer.healthy).toBe(code === 0);
  const ill = answer.checks.filter(({ status }) => status === "warning" || status === "failed");
  return {
    code,
    ms,
    ill: Object.fromEntries(ill.map(({ check = "", status, what, mend }) => [check, `${status}: ${what}; ${mend}`])),
    skipped: answer.checks.filter(({ status }) => status === "skipped").map(({ check = "" }) => check),
  };
}

const onBroker = ["rights", "payload", "streams", "removal", "clock", "consumers", "queue", "state", "room", "nodes"];

describe("0: everything is ok", () => {
  test("each check is one line on stdout", async () => {
    const { code, stdout, stderr } = await run(["doctor"], { NATS_URL: fleet.server.url });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout
      .toString()
      .replaceAll(/nats:\S+/g, "URL")
      .replaceAll(/\d+ms/g, "Nms");
    expect(lines.replaceAll(/\d+\.\d+\.\d+/g, "VERSION").replaceAll(/[\d.]+ KiB/g, "N KiB")).toMatchInlineSnapshot(`
      "ok       node         Node.js VERSION
      ok       settings     broker URL (NATS_URL), namespace steward
      ok       address      the host name is known
      ok       broker       connected within Nms
      ok       credentials  accepted
      ok       version      nats-server VERSION, and Steward VERSION needs VERSION or newer
      ok       jetstream    on
      ok       rights       send, read, cancel, ask daemons
      ok       payload      messages of up to 1 MiB
      ok       streams      all 7 exist and have their standard settings
      ok       removal      each node removes its ended messages
      ok       clock        within 0.1 s of the broker's
      ok       consumers    of 1 node, and no others
      ok       queue        0 messages wait or run
      ok       state        current, with the last ACK (2) in it
      ok       room         N KiB stored, no limit near; free disk space is visible only to the broker's system account
      ok       nodes        1 is up
      "
    `);
  });

  test("leaves nothing behind, and sends no message", async () => {
    const manager = await jetstreamManager(fleet.nc);
    const streams = async (): Promise<unknown> => {
      const all = await manager.streams.list().next();
      return all
        .filter(({ config }) => config.name !== "KV_STEWARD_PRESENCE")
        .map(({ config, state }) => [config.name, state.last_seq, state.consumer_count]);
    };
    const before = await streams();
    expect(await doctor([])).toMatchObject({ code: 0, ill: {}, skipped: [] });
    expect(await streams()).toEqual(before);
  });
});

describe("limits that the broker's operator has set", () => {
  const limited = `
    max_payload: 32768
    accounts {
      SYSTEM: { users: [{ user: sys, password: sys }] }
      MAIN: { jetstream: enabled, users: [{ user: main, password: main }] }
      FEW: { jetstream: { max_consumers: 3, max_streams: 50 }, users: [{ user: few, password: few }] }
      SMALL: { jetstream: { max_streams: 5 }, users: [{ user: small, password: small }] }
    }
    system_account: SYSTEM
    no_auth_user: main
  `;

  test("of an account: init and doctor report the limit, the necessary value, and what to raise", async () => {
    await using server = await startServer({ extraConfig: limited });
    const as = (user: string): string => server.url.replace("//", `//${user}:${user}@`);
    const few =
      "the account allows 3 consumers, and STEWARD_MESSAGES is configured for 100000: raise its max_consumers";
    const small = "the account allows 5 streams, 5 exist, and 2 more are needed: raise its max_streams";
    for (const [user, advice] of [
      ["few", few],
      ["small", small],
    ] as const) {
      const { code, stderr } = await run(["init", "-s", as(user)], {});
      expect({ code, stderr }).toEqual({ code: 4, stderr: `steward: ${advice}; then repeat (brokerRefused)\n` });
      const { ill } = await doctor(["-s", as(user)]);
      expect(ill["streams"]).toContain(`; ${advice}; then create them with \`steward init\``);
    }
  });

  test("of a message's size: doctor reports what is too large", async () => {
    await using server = await startServer({ extraConfig: limited });
    const { ill } = await doctor(["-s", server.url]);
    expect(ill["payload"]).toBe(
      "warning: the broker accepts messages of up to 32 KiB: too small for 256 KiB of data, or for an ACK with two times " +
        "64 KiB of output; raise max_payload in the broker's configuration; its default is 1MB",
    );
  });
});

test("a sealed stream is reported as sealed, with a solution that works", async () => {
  await using sealed = await startFleet();
  const manager = await jetstreamManager(sealed.nc);
  const { config } = await manager.streams.info("STEWARD_ACKS");
  await sealed.nc.request("$JS.API.STREAM.UPDATE.STEWARD_ACKS", JSON.stringify({ ...config, sealed: true }));
  const { code, stderr } = await sealed.steward(["init", "--check"]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr:
      "STEWARD_ACKS differs: sealed is true, expected false; this cannot be edited: back up its messages with " +
      "`nats stream backup STEWARD_ACKS FOLDER`, remove it with `nats stream rm STEWARD_ACKS`, and repeat `steward init`\n",
  });
  const { ill } = await doctor(["-s", sealed.server.url]);
  expect(ill["streams"]).toContain(
    "failed: cannot be used as they are: STEWARD_ACKS; `steward init --check` shows what to do",
  );
  await manager.streams.delete("STEWARD_ACKS");
  expect(await sealed.steward(["init"])).toMatchObject({ code: 0 });
});

describe("4: without a usable broker there is one failure, and the other checks are skipped", () => {
  test("nothing listens at the address", async () => {
    const found = await doctor(["-s", `nats://127.0.0.1:${await freePort()}`]);
    expect(found).toMatchObject({
      code: 4,
      ill: {
        broker: expect.stringMatching(/^failed: no broker answers at .*; start one with `steward broker` or/) as string,
      },
      skipped: ["credentials", "version", "jetstream", ...onBroker],
    });
    expect(found.ms).toBeLessThan(8000);
  });

  test("the server does not answer", async () => {
    await using link = await startLink(["nats://127.0.0.1:1"]);
    const found = await doctor(["-s", link.url]);
    expect(found).toMatchObject({ code: 4, ill: { broker: expect.stringMatching(/^failed: /) as string } });
    expect(found.ms).toBeLessThan(12_000);
  });

  test("the host is unknown", async () => {
    expect(await doctor(["-s", "nats://ann:secret@no-such-host.invalid"])).toEqual({
      code: 4,
      ms: expect.any(Number) as number,
      ill: {
        address: "failed: unknown host: no-such-host.invalid; correct the name, or add it to the DNS or to /etc/hosts",
      },
      skipped: ["broker", "credentials", "version", "jetstream", ...onBroker],
    });
  });

  test("the broker is too old", async () => {
    await using old = await startOldServer("2.10.3");
    expect(await doctor(["-s", old.address])).toMatchObject({
      code: 4,
      ill: {
        version: `failed: the broker at ${old.address} is nats-server 2.10.3; Steward needs 2.14.0 or newer; upgrade it`,
      },
      skipped: ["jetstream", ...onBroker],
    });
  });

  test("the credentials are wrong, or their file does not exist", async () => {
    expect(await doctor(["--user", "ann", "--password", "guess"])).toMatchObject({
      code: 4,
      ill: {
        credentials: expect.stringMatching(/^failed: not authorised to connect to .*; check them: --creds/) as string,
      },
      skipped: ["version", "jetstream", ...onBroker],
    });
    expect(await doctor(["--creds", "/nowhere/ann.creds"])).toMatchObject({
      code: 4,
      ill: {
        broker: expect.stringMatching(/^failed: the credentials in \/nowhere\/ann\.creds cannot be read/) as string,
      },
    });
  });

  test("JetStream is off, for the server or for the account", async () => {
    const folder = await mkdtemp(join(tmpdir(), "steward-plain-"));
    const [port, { path: binary }] = [await freePort(), await findServer({ say: console.error })];
    await writeFile(join(folder, "plain.conf"), `host: 127.0.0.1\nport: ${port}\n`);
    const server = startServerProcess({ binary, configFile: join(folder, "plain.conf") });
    await server.ready;
    expect(await doctor(["-s", `nats://127.0.0.1:${port}`])).toMatchObject({
      code: 4,
      ill: { jetstream: expect.stringMatching(/^failed: .* runs without JetStream; start it with -js/) as string },
      skipped: onBroker,
    });
    server.signal("SIGTERM");
    await server.ended;
    await rm(folder, { recursive: true });

    expect(await doctor(["--user", "plain", "--password", "plain"])).toMatchObject({
      code: 4,
      ill: {
        jetstream: expect.stringMatching(/^failed: JetStream not enabled for account; enable JetStream/) as string,
      },
      skipped: onBroker,
    });
  });

  test("replies cannot be received", async () => {
    const found = await doctor(["--user", "deaf", "--password", "deaf"]);
    expect(found).toMatchObject({
      code: 4,
      ill: { jetstream: "failed: the credentials do not allow receiving replies; allow subscribing to _INBOX.>" },
      skipped: onBroker,
    });
    expect(found.ms).toBeLessThan(12_000);
  });
});

describe("1: another problem", () => {
  test("an invalid setting", async () => {
    expect(await doctor([], { STEWARD_CONTEXT: "prod" })).toMatchObject({
      code: 1,
      ill: {
        settings: expect.stringMatching(
          /^failed: no NATS context "prod" in .*; this folder has no contexts$/,
        ) as string,
      },
    });
  });

  test("missing streams", async () => {
    expect(await doctor(["--namespace", "other"])).toMatchObject({
      code: 1,
      ill: {
        streams: expect.stringMatching(
          /^failed: missing: OTHER_SCHEDULES, .*; create them with `steward init`$/,
        ) as string,
      },
      skipped: ["removal", "clock", "consumers", "queue", "state", "room", "nodes"],
    });
  });

  test("missing rights, each with its subject", async () => {
    expect(await doctor(["--user", "reader", "--password", "reader"])).toMatchObject({
      code: 1,
      ill: {
        rights:
          "failed: not allowed: send commands, send events, cancel, remove messages from the queue; " +
          "allow these subjects: steward.doctor.command.ping.doctor, steward.doctor.event.ping.doctor, " +
          "steward.doctor.ack.command.ping.doctor, $JS.API.STREAM.MSG.DELETE.STEWARD_MESSAGES",
      },
      skipped: [],
    });
    expect(await doctor(["--user", "unheard", "--password", "unheard"])).toMatchObject({
      code: 1,
      ill: {
        rights: expect.stringContaining("see how messages end; allow these subjects: steward.*.acked") as string,
      },
    });
    const blind = await doctor(["--user", "blind", "--password", "blind"]);
    expect(blind).toMatchObject({ code: 1, ill: { rights: expect.stringContaining("see streams") as string } });
    expect(blind.ms).toBeLessThan(12_000);
  });
});

test("a consumer that a person created harms nobody", async () => {
  const manager = await jetstreamManager(fleet.nc);
  const mine = { durable_name: "mine", filter_subject: "steward.ship9.>", ack_policy: "explicit" } as const;
  await manager.consumers.add("STEWARD_MESSAGES", mine);
  const { stdout } = await run(["doctor"], { NATS_URL: fleet.server.url });
  expect(stdout.toString()).toMatch(/ok +consumers +of 1 node, and 1 more, which remove nothing/);
  await manager.consumers.delete("STEWARD_MESSAGES", "mine");
});

describe("0, with a warning", () => {
  test("a stream with changed settings, and a limit that is nearly reached", async () => {
    await using server = await startServer();
    const nc = await connect({ servers: server.url });
    await run(["init"], { NATS_URL: server.url });
    const manager = await jetstreamManager(nc);
    await manager.streams.update("STEWARD_ACKS", { max_age: 86_400e9, max_bytes: 1000 });
    for (let count = 0; count < 9; count++) await nc.request(`steward.a.ack.command.ping.${count}`, "x".repeat(50));
    const found = await doctor(["-s", server.url]);
    expect(found).toMatchObject({
      code: 0,
      ill: {
        streams:
          "warning: changed settings: STEWARD_ACKS (max_age, max_bytes); if this is not intended, see `steward init --check`",
        room: expect.stringMatching(/^warning: bytes of STEWARD_ACKS: .* B of 1000 B; raise the limit, or/) as string,
        nodes: "warning: no node is up; start one with `steward node NAME`",
      },
    });
    await nc.close();
  });

  test("a wrong clock, ahead or behind", async () => {
    expect(await doctor([], clockWrongBy(60_000))).toMatchObject({
      code: 0,
      ill: {
        clock: expect.stringMatching(
          /^warning: this machine's clock is (59\.9|60\.\d) s ahead of the broker's; synchronise/,
        ) as string,
      },
    });
    expect((await doctor([], clockWrongBy(-60_000))).ill["clock"]).toMatch(/ (59\.9|60\.\d) s behind the broker's/);
  });

  test("a paused node", async () => {
    const until = new Date(Date.now() + 60_000).toISOString();
    const pause = (body: object) =>
      fleet.nc.request("$JS.API.CONSUMER.PAUSE.STEWARD_MESSAGES.ship1", JSON.stringify(body));
    await pause({ pause_until: until });
    expect((await doctor([])).ill["consumers"]).toBe(
      "warning: paused by a person: ship1; resume it with `nats consumer resume STEWARD_MESSAGES ship1`",
    );
    await pause({});
  });
});
