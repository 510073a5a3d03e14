import { connect, errors, type NatsConnection } from "nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Broker, isSilence } from "../../src/broker/connection/broker.ts";
import { hearsNoAnswer, isDenied } from "../../src/broker/connection/denied.ts";
import { startLink } from "../support/link.ts";
import { startServer, type TestServer } from "../support/nats-server.ts";

const extraConfig = `
  authorization { users: [
    { user: guest, password: guest },
    { user: mute, password: mute, permissions: { publish: { deny: "secret" } } },
    { user: deaf, password: deaf, permissions: { subscribe: { deny: "_INBOX.>" } } }
  ] }
  no_auth_user: guest
`;

let server: TestServer;
let answering: NatsConnection;
beforeAll(async () => {
  server = await startServer({ extraConfig });
  answering = await connect({ servers: server.url });
  answering.subscribe("echo", { callback: (_error, msg) => void msg.respond(msg.data) });
  answering.subscribe("silent", { callback: () => {} });
  await answering.flush();
});
afterAll(async () => {
  await answering.close();
  await server[Symbol.asyncDispose]();
});

async function brokerOf(user?: string, servers: string = server.url): Promise<Broker> {
  const login = user === undefined ? {} : { user, pass: user };
  return new Broker(await connect({ servers, reconnectTimeWait: 50, maxReconnectAttempts: -1, ...login }), "steward");
}

const failure = (asking: Promise<unknown>): Promise<unknown> => asking.catch((error: unknown) => error);

test("each of many requests at once has its own answer", async () => {
  await using broker = await brokerOf();
  const texts = Array.from({ length: 200 }, (_, at) => `text ${at}`);
  const answers = await Promise.all(texts.map(async (text) => (await broker.request("echo", text)).string()));
  expect(answers).toEqual(texts);
});

test("no subscriber, or no answer in time: both are silence", async () => {
  await using broker = await brokerOf();
  const nobody = await failure(broker.request("nobody", ""));
  expect(nobody).toBeInstanceOf(errors.RequestError);
  expect((nobody as InstanceType<typeof errors.RequestError>).isNoResponders()).toBe(true);
  const late = await failure(broker.request("silent", "", { timeout: 50 }));
  expect(late).toBeInstanceOf(errors.TimeoutError);
  expect([nobody, late].map(isSilence)).toEqual([true, true]);
});

test("a request that the credentials do not permit fails at once, and no other one fails", async () => {
  await using broker = await brokerOf("mute");
  const [denied, answer] = await Promise.all([failure(broker.request("secret", "")), broker.request("echo", "a")]);
  expect(isDenied(denied)).toBe(true);
  expect(hearsNoAnswer(denied)).toBe(false);
  expect(answer.string()).toBe("a");
});

test("credentials that do not permit answers cause an error each time", async () => {
  await using broker = await brokerOf("deaf");
  expect(hearsNoAnswer(await failure(broker.request("echo", "")))).toBe(true);
  expect(hearsNoAnswer(await failure(broker.request("echo", "")))).toBe(true);
});

test("a close ends open requests, and later requests fail", async () => {
  const broker = await brokerOf();
  const asked = failure(broker.request("silent", ""));
  await broker.close();
  expect(await asked).toBeInstanceOf(Error);
  expect(await failure(broker.request("echo", ""))).toBeInstanceOf(errors.ClosedConnectionError);
});

test("a lost connection ends open requests, and the next one brings answers again", async () => {
  await using link = await startLink([server.url]);
  await using broker = await brokerOf(undefined, link.url);
  const asked = failure(broker.request("silent", ""));
  await broker.flush();
  link.drop();
  expect(isSilence(await asked)).toBe(true);
  const answer = await broker.untilAnswered(() => broker.request("echo", "again", { timeout: 500 }));
  expect(answer.string()).toBe("again");
});
