import type { Msg } from "nats";
import { expect, test, vi } from "vitest";
import { serveMicroService, type Endpoint } from "../../../../src/broker/control/micro-service.ts";
import { StewardError } from "../../../../src/protocol/errors.ts";
import { answerOf, msgOf, scriptedBroker, type ScriptedBroker } from "../support.ts";

const identity = { name: "steward-node", id: "life1", version: "1.2.3", metadata: { node: "ship1" } };

function served(answer: Endpoint["answer"]): ScriptedBroker {
  const scripted = scriptedBroker(() => answerOf({}));
  const endpoints = [{ name: "status", subject: "control.status", answer }];
  serveMicroService(scripted.broker, { ...identity, description: "a node", endpoints });
  return scripted;
}

interface Reply {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function ask({ deliver }: ScriptedBroker, subject: string, data: string = ""): Promise<Reply> {
  const respond = vi.fn<Msg["respond"]>();
  deliver(Object.assign(msgOf({ subject, data }), { respond }));
  await vi.waitFor(() => expect(respond).toHaveBeenCalledOnce());
  const [body = "", options] = respond.mock.calls[0]!;
  const headers = Object.fromEntries([...(options?.headers ?? [])].map(([name, [value = ""]]) => [name, value]));
  return { body: String(body), headers };
}

const askJson = async (scripted: ScriptedBroker, subject: string): Promise<unknown> =>
  JSON.parse((await ask(scripted, subject)).body) as unknown;

const endpoint = { name: "status", subject: "control.status", queue_group: "" };

test("it is found among all services, by its name, and by its id", async () => {
  const scripted = served(() => ({}));
  const ping = { type: "io.nats.micro.v1.ping_response", ...identity };
  for (const whom of ["", ".steward-node", ".steward-node.life1"]) {
    expect(await askJson(scripted, `$SRV.PING${whom}`)).toEqual(ping);
  }
  expect(scripted.subscribed().filter((subject) => subject.startsWith("$SRV."))).toHaveLength(3);
});

test("it lists its endpoints", async () => {
  expect(
    await askJson(
      served(() => ({})),
      "$SRV.INFO.steward-node",
    ),
  ).toEqual({
    type: "io.nats.micro.v1.info_response",
    ...identity,
    description: "a node",
    endpoints: [endpoint],
  });
});

test("an unknown endpoint is refused, and an unknown verb of all services is not answered", async () => {
  const scripted = served(() => ({}));
  const reason = "steward-node 1.2.3 does not have control.fly";
  expect(await ask(scripted, "control.fly")).toEqual({
    body: "",
    headers: { "Nats-Service-Error-Code": "404", "Nats-Service-Error": reason },
  });
  const respond = vi.fn<Msg["respond"]>();
  scripted.deliver(Object.assign(msgOf({ subject: "$SRV.NOISE" }), { respond }));
  expect(respond).not.toHaveBeenCalled();
});

test("a request is answered with the state at that moment", async () => {
  let count = 0;
  const scripted = served((body) => ({ count: ++count, body: Buffer.from(body).toString() }));
  expect((await ask(scripted, "control.status", "a")).body).toBe('{"count":1,"body":"a"}');
  expect((await ask(scripted, "control.status", "b")).body).toBe('{"count":2,"body":"b"}');
});

test.each([
  [
    "what is wrong with a request",
    new StewardError("badName", "no lane\rof that\tname"),
    "400",
    "no lane; of that name",
  ],
  ["a fault in the answering", new TypeError("x is undefined"), "500", "x is undefined"],
])("%s is refused with one line", async (_what, error, code, reason) => {
  const scripted = served(() => Promise.reject(error));
  expect(await ask(scripted, "control.status")).toEqual({
    body: "",
    headers: { "Nats-Service-Error-Code": code, "Nats-Service-Error": reason },
  });
});

test("its figures count requests, errors and the time they took, in nanoseconds", async () => {
  const scripted = served((body) => {
    if (body.length > 0) throw new StewardError("refused", "no");
    return {};
  });
  const fresh = { num_requests: 0, num_errors: 0, last_error: "", processing_time: 0, average_processing_time: 0 };
  expect(await askJson(scripted, "$SRV.STATS.steward-node.life1")).toEqual({
    type: "io.nats.micro.v1.stats_response",
    ...identity,
    started: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
    endpoints: [{ ...endpoint, ...fresh }],
  });
  for (const body of ["", "", "bad"]) await ask(scripted, "control.status", body);
  const { endpoints } = (await askJson(scripted, "$SRV.STATS")) as { endpoints: (typeof fresh)[] };
  expect(endpoints).toMatchObject([{ num_requests: 3, num_errors: 1, last_error: "400:no" }]);
  const { processing_time: all, average_processing_time: average } = endpoints[0]!;
  expect(all).toBeGreaterThan(0);
  expect(average).toBe(Math.round(all / 3));
});

test("after its connection has ended nothing is answered", async () => {
  let answer = (_body: object): void => {};
  const scripted = served(() => new Promise((resolve) => (answer = resolve)));
  const respond = vi.fn<Msg["respond"]>();
  scripted.deliver(Object.assign(msgOf({ subject: "control.status" }), { respond }));
  scripted.close();
  answer({});
  await new Promise(setImmediate);
  expect(respond).not.toHaveBeenCalled();
});

test("an answer that the broker would not take is refused, and says why", async () => {
  const { body, headers } = await ask(
    served(() => ({ text: "x".repeat(1024 * 1024) })),
    "control.status",
  );
  expect(body).toBe("");
  expect(headers["Nats-Service-Error"]).toBe("the answer is larger than the broker's max_payload of 1048576 bytes");
});

test("an answer that cannot be sent leaves nothing unhandled, and the next request is answered", async () => {
  const scripted = served(() => ({}));
  const respond = vi.fn<Msg["respond"]>(() => {
    throw new Error("no way");
  });
  scripted.deliver(Object.assign(msgOf({ subject: "control.status" }), { respond }));
  scripted.deliver(Object.assign(msgOf({ subject: "$SRV.PING" }), { respond }));
  await vi.waitFor(() => expect(respond).toHaveBeenCalledTimes(2));
  expect((await ask(scripted, "control.status")).body).toBe("{}");
});

test.each(["$JS.API.STREAM.PURGE.STEWARD_ACKS", "steward.ship1.control.stop", "steward.ship1.command.exec.a"])(
  "nothing is answered to %s",
  async (reply) => {
    const scripted = served(() => ({}));
    const respond = vi.fn<Msg["respond"]>();
    scripted.deliver(Object.assign(msgOf({ subject: "control.status", reply }), { respond }));
    await ask(scripted, "control.status");
    expect(respond).not.toHaveBeenCalled();
  },
);

test("too much at once is refused, and later requests are answered", async () => {
  const waiting: ((body: object) => void)[] = [];
  const scripted = served(() => new Promise((resolve) => waiting.push(resolve)));
  const respond = vi.fn<Msg["respond"]>();
  const data = Buffer.alloc(1024 * 1024);
  for (let count = 0; count < 16; count++) {
    scripted.deliver(Object.assign(msgOf({ subject: "control.status", data }), { respond }));
  }
  expect((await ask(scripted, "control.status")).headers["Nats-Service-Error"]).toContain("too many requests at once");
  for (const answer of waiting) answer({});
  await vi.waitFor(() => expect(respond).toHaveBeenCalledTimes(16));
  const again = ask(scripted, "control.status");
  await vi.waitFor(() => expect(waiting).toHaveLength(17));
  waiting.at(-1)!({});
  expect((await again).body).toBe("{}");
});
