import { expect, test, vi } from "vitest";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { freePort, startServer } from "../support/nats-server.ts";
import { startOldServer } from "../support/old-server.ts";

const settings = { namespace: "steward" };
const behaviour = { name: "test", waitMs: 500 };

test("a broker older than the minimum is refused in one line that names both versions", async () => {
  await using old = await startOldServer("2.10.3");
  const opening = openBroker({ ...settings, servers: old.address }, behaviour);
  await expect(opening).rejects.toMatchObject({
    code: "brokerTooOld",
    message: `the broker at ${old.address} is nats-server 2.10.3; Steward needs 2.14.0 or newer; upgrade it`,
  });
});

test("a broker that does not answer is reported with its address, without the password", async () => {
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

test("a host whose name holds tls or nkey is unreachable like any other, not a refused login", async () => {
  const opening = openBroker({ ...settings, servers: "nats://tls-nkey-credential.invalid" }, behaviour);
  await expect(opening).rejects.toMatchObject({
    code: "brokerUnreachable",
    message: expect.stringContaining("no broker answers at nats://tls-nkey-credential.invalid (") as string,
  });
});

test.each(["100%", "p@ss/w?o#rd:", "a,b"])("the password %s in an address lets in", async (password) => {
  await using server = await startServer({
    extraConfig: `
    authorization { users: [{ user: guest, password: guest }, { user: ann, password: ${JSON.stringify(password)} }] }
    no_auth_user: guest
  `,
  });
  const written = password.replace(",", "%2C");
  const servers = server.url.replace("//", `//ann:${written}@`);
  await using broker = await openBroker({ ...settings, servers }, { ...behaviour, waitMs: 5000 });
  expect(broker.nc.isClosed()).toBe(false);
  const wrong = server.url.replace("//", `//ann:${written}x@`);
  const refused = openBroker({ ...settings, servers: wrong }, { ...behaviour, waitMs: 5000 });
  await expect(refused).rejects.toMatchObject({ code: "brokerRefused" });
  await expect(refused).rejects.not.toThrow(password);
});
