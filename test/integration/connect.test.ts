import { expect, test, vi } from "vitest";
import { openBroker } from "../../src/broker/connect.ts";
import { freePort, startServer } from "../support/nats-server.ts";
import { startOldServer } from "../support/old-server.ts";

const settings = { namespace: "steward" };
const behaviour = { name: "test", waitMs: 500 };

test("a broker older than the minimum is refused in one line that names both versions", async () => {
  await using old = await startOldServer("2.10.3");
  const opening = openBroker({ ...settings, servers: old.address }, behaviour);
  await expect(opening).rejects.toMatchObject({
    code: "brokerTooOld",
    message: `the broker at ${old.address} is nats-server 2.10.3, and Steward needs 2.14.0 or newer; upgrade it`,
  });
});

test("a broker that does not answer is told with its address, without the password in it", async () => {
  const port = await freePort();
  const opening = openBroker({ ...settings, servers: `nats://ann:secret@127.0.0.1:${port}` }, behaviour);
  await expect(opening).rejects.toThrow(`no broker answers at nats://127.0.0.1:${port} (`);
});

test("it is tried for as long as was asked for, whatever the wall clock says", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    const opening = openBroker({ ...settings, servers: `nats://127.0.0.1:${await freePort()}` }, behaviour);
    await expect(opening).rejects.toMatchObject({ code: "brokerUnreachable" });
  } finally {
    vi.useRealTimers();
  }
});

test("a name alone in an address is a token, unless its password is given elsewhere", async () => {
  const behaviourNow = { ...behaviour, waitMs: 5000 };
  await using server = await startServer({
    extraConfig: `
    authorization { users: [{ user: guest, password: guest }, { user: ann, password: secret }] }
    no_auth_user: guest
  `,
  });
  const servers = server.url.replace("//", "//ann@");
  await using broker = await openBroker({ ...settings, servers, password: "secret" }, behaviourNow);
  expect(broker.nc.isClosed()).toBe(false);
  await expect(openBroker({ ...settings, servers, password: "guess" }, behaviourNow)).rejects.toMatchObject({
    code: "brokerRefused",
  });
});
