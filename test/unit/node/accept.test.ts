import { expect, test, vi } from "vitest";
import { accept, type Accepted, type Refused } from "../../../src/node/accept.ts";
import { nodeDefaults } from "../../../src/node/settings.ts";
import { Registry } from "../../../src/handlers/registry.ts";
import type { Handler } from "../../../src/handlers/define.ts";
import type { Message } from "../../../src/protocol/message.ts";
import { handlerWith } from "./test-parts.ts";
import { takenOf, messageWith } from "./support.ts";

const registry = new Registry([handlerWith(), handlerWith({ messageType: "event", subject: "log" })]);
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

const settings = { ...nodeDefaults, name: "ship1", dataDir: "" };
const accepted = async (payload: Uint8Array, on = messageWith(), handlers = registry): Promise<Accepted | Refused> =>
  accept(takenOf(on), payload, { registry: handlers, settings });

test("a good message is handed on with its handler and its data", async () => {
  const message = messageWith({ data: ["a", "b"] });
  expect(await accepted(bytes(message), message)).toEqual({
    kind: "accepted",
    message,
    handler: registry.find(message),
    data: ["a", "b"],
  });
});

test("textLogging on the wire is served by the handler of log", async () => {
  const message = messageWith({ messageType: "event", subject: "textLogging" });
  expect(await accepted(bytes(message), message)).toMatchObject({ kind: "accepted", handler: { subject: "log" } });
});

test("keys that a newer sender adds are ignored", async () => {
  const message = messageWith();
  expect(await accepted(bytes({ ...message, colour: "red" }), message)).toMatchObject({ kind: "accepted", message });
});

test("a message with an unknown requirement is refused with its original, whether it can be read or not", async () => {
  const message = messageWith({ requires: ["later"] });
  const ack = { error: { code: "notUnderstood", message: expect.stringContaining('"later"') as string } };
  expect(await accepted(bytes({ ...message, colour: "red" }), message)).toEqual({
    kind: "refused",
    message: undefined,
    ack: { ...ack, message },
  });
  const inNewForm = { ...message, data: { of: "another form" } };
  const raw = { data: JSON.stringify(inNewForm) };
  expect(await accepted(bytes(inNewForm), message)).toEqual({
    kind: "refused",
    message: undefined,
    ack: { ...ack, raw },
  });
});

test("a message with only known requirements may run", async () => {
  const message = messageWith({ requires: ["requires"] });
  expect(await accepted(bytes(message), message)).toMatchObject({ kind: "accepted", message });
});

test.each([
  ["no bytes at all", Buffer.alloc(0), "badMessage"],
  ["no JSON", Buffer.from("[{"), "badMessage"],
  ["no UTF-8", Buffer.from([0x22, 0xff, 0x22]), "badMessage"],
  ["no object", Buffer.from("null"), "badMessage"],
  ["a missing key", Buffer.from("{}"), "badMessage"],
  ["a hundred thousand brackets", Buffer.from("[".repeat(100_000)), "badMessage"],
])("%s is refused, with the bytes as they came", async (_what, payload, code) => {
  const refused = await accepted(payload);
  expect(refused).toMatchObject({ kind: "refused", message: undefined, ack: { error: { code } } });
  const { data, encoding } = (refused as Refused).ack.raw!;
  expect(Buffer.from(data, encoding ?? "utf8")).toEqual(payload);
});

test.each<Partial<Message>>([{ node: "ship2" }, { messageType: "event" }, { subject: "exec" }, { id: "another" }])(
  "a message that says %j and came on another subject is refused",
  async (changes) => {
    const on = messageWith({ id: "a" });
    const refused = await accepted(bytes({ ...on, ...changes }), on);
    expect(refused).toMatchObject({ kind: "refused", ack: { error: { code: "wrongSubject" }, message: changes } });
  },
);

test("a message on a subject without a handler is refused, and the subjects with handlers are named", async () => {
  const message = messageWith({ subject: "dance" });
  const refused = await accepted(bytes(message), message);
  expect(refused).toMatchObject({ message, ack: { error: { code: "noHandler" }, message } });
  expect((refused as Refused).ack.error?.message).toContain("command.dance; it has command.ping, event.log");
});

test("a message with a header of the server's is refused, however good its bytes", async () => {
  const message = messageWith();
  const held = { ...takenOf(message), forgedHeader: "Nats-Subject" };
  expect(await accept(held, bytes(message), { registry, settings })).toMatchObject({
    ack: { error: { code: "forgedHeaders" } },
  });
});

test.each([{ id: "a*" }, { id: "i".repeat(41) }, { subject: "ping*" }, { subject: "s".repeat(65) }])(
  "a message on a subject with the token %j is refused",
  async (changes) => {
    const message = messageWith(changes);
    expect(await accepted(bytes(message), message)).toMatchObject({ ack: { error: { code: "badName" } } });
  },
);

const refusing = (validate: Handler["data"]["~standard"]["validate"]) =>
  new Registry([handlerWith({ data: { "~standard": { validate } } })]);

test.each([
  ["says why", () => ({ issues: [{ message: "two, please" }] }), { code: "badData", message: "two, please" }],
  [
    "says nothing",
    () => ({ issues: [] }),
    { code: "badData", message: "the data does not match the handler's schema" },
  ],
  ["takes its time", async () => ({ issues: [{ message: "late" }] }), { code: "badData", message: "late" }],
])("data that the handler's schema refuses is badData; the schema %s", async (_what, validate, error) => {
  const message = messageWith();
  expect(await accepted(bytes(message), message, refusing(validate))).toMatchObject({ ack: { error, message } });
});

test("a schema that throws refuses the message, and no more", async () => {
  const message = messageWith();
  const throwing = refusing(vi.fn().mockRejectedValue(new TypeError("a bug in the schema")));
  const error = { code: "badData", message: "a bug in the schema" };
  expect(await accepted(bytes(message), message, throwing)).toMatchObject({ kind: "refused", ack: { error, message } });
});

test("the reason is bounded, whatever the bytes", async () => {
  const on = messageWith();
  const { ack } = (await accepted(bytes({ ...on, id: "x".repeat(100_000) }), on)) as Refused;
  expect(ack.error!.message.length).toBeLessThanOrEqual(2000);
});
