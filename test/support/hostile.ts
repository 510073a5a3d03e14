import type { Message } from "../../src/protocol/message.ts";
import { aMessage } from "./broker-state.ts";
import { pick, type Random } from "./random.ts";

/** Something that nobody should put into the queue: where it goes, what it is, and why it must be refused. */
export interface Hostile {
  readonly kind: string;
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** The code of the ACK's error. */
  readonly code: string;
}

/** Makes the payload of one class for a message that would be good. */
type Maker = (
  random: Random,
  good: Message,
  number: number,
) => Omit<Hostile, "kind" | "subject" | "payload"> & {
  readonly payload: Uint8Array | string;
  /** The tokens behind the node's name, when they are not those of the good message. */
  readonly tokens?: readonly [messageType: string, subject: string, id: string];
};

const badMessage = "badMessage";
const wrongSubject = "wrongSubject";

const makers: Readonly<Record<string, Maker>> = {
  "not JSON": (random, good) => {
    const text = JSON.stringify(good);
    const texts = [
      text.slice(0, -1 - random(text.length - 1)),
      `${text},`,
      text + text,
      text.replaceAll('"', "'"),
      "rm -rf",
    ];
    return { payload: pick(random, texts), code: badMessage };
  },
  "wrong types": (random, good) => {
    const faults: readonly unknown[] = [
      [good],
      "a string",
      42,
      { ...good, data: "a string" },
      { ...good, data: [1, 2] },
      { ...good, data: null },
      { ...good, data: [["x"]] },
      { ...good, id: 7 },
      { ...good, from: "two words" },
      { ...good, createdAt: "yesterday" },
      { ...good, timeout: 5 },
      { ...good, timeout: "0s" },
      { ...good, retries: "3" },
      { ...good, retries: -1 },
      { ...good, retries: 1e300 },
      { ...good, delivery: "maybe" },
      { ...good, delivery: "atMostOnce", retries: 2 },
      { ...good, reply: "central.log" },
      { ...good, reply: { node: "a.b", subject: "log" } },
      { ...good, [pick(random, ["id", "node", "messageType", "subject", "data", "from", "createdAt"])]: undefined },
    ];
    return { payload: JSON.stringify(pick(random, faults)), code: badMessage };
  },
  huge: (random, good) => {
    const size = pick(random, [1024 * 1024, 1024 * 1024 - 1, 512 * 1024 + random(512 * 1024)]);
    const start = pick(random, ["", '"', "[", JSON.stringify(good).replace('"data":[]', '"data":"')]);
    return { payload: start.padEnd(size, pick(random, ["a", "\0", "[", "0"])), code: badMessage };
  },
  empty: (random) => ({ payload: pick(random, ["", "", "", " ", "\n", "{}", "[]", "null", '""']), code: badMessage }),
  "wrong node": (random, good) => ({
    payload: JSON.stringify({ ...good, node: pick(random, ["ship2", "central", "SHIP1", "ship11"]) }),
    code: wrongSubject,
  }),
  "wrong subject, type or id": (random, good) => {
    const wrong = [{ subject: "shell" }, { messageType: "event" }, { id: "another" }, { id: good.id.toLowerCase() }];
    return { payload: JSON.stringify({ ...good, ...pick(random, wrong) }), code: wrongSubject };
  },
  "deep nesting": (random, good) => {
    const [open, close] = pick(random, [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const);
    const deep = open.repeat(100_000) + pick(random, ["1", "{}"]) + close.repeat(100_000);
    const message = JSON.stringify(good).replace('"data":[]', `"data":${deep}`);
    return {
      payload: pick(random, [deep, message, deep.slice(0, -1), message.replace('"data"', '"reply"')]),
      code: badMessage,
    };
  },
  "invalid UTF-8": (random, good) => {
    const bytes = Buffer.from(JSON.stringify({ ...good, data: ["sixteen letters!"] }));
    const broken = pick(random, [
      [0xff],
      [0xc3, 0x28],
      [0xe2, 0x82],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf8, 0x88, 0x80],
    ]);
    bytes.set(broken, bytes.indexOf("sixteen") + random(10));
    return { payload: bytes, code: badMessage };
  },
  "says two things": (random, good) => {
    const text = JSON.stringify(good);
    const texts = [
      text.replace('"data":[', '"data":["x"],"data":['),
      text.replace('"node":', '"node":"ship2","node":'),
      text.replace("{", String.raw`{"n\u006fde":"ship2",`),
      JSON.stringify({ ...good, newer: { a: [{ b: 1 }] } }).replace('"b":1', '"b":1,"b":2'),
    ];
    return { payload: pick(random, texts), code: badMessage };
  },
  "half a character": (random, good) => {
    const half = pick(random, ["\ud83d", "x\ude00", "\ud83d\ud83d"]);
    const faults: readonly object[] = [
      { data: [half] },
      { newer: half },
      { newer: { [half]: [1] } },
      { data: ["a", half] },
    ];
    return { payload: JSON.stringify({ ...good, ...pick(random, faults) }), code: badMessage };
  },
  "the server's headers": (random, good) => ({
    payload: JSON.stringify(good),
    headers: { [pick(random, ["Nats-Stream", "Nats-Subject", "Nats-Sequence"])]: pick(random, ["1", "", good.id]) },
    code: "forgedHeaders",
  }),
  "odd tokens": (_random, good, number) => {
    const odd = oddTokens[number % oddTokens.length]!;
    const { messageType, subject, id } = good;
    const tokens =
      number < oddTokens.length ? ([messageType, odd, id] as const) : ([messageType, subject, odd] as const);
    return { payload: JSON.stringify(good), tokens, code: "badName" };
  },
};

const oddTokens = ["*", ">", "**", "é€", 'quo"te', "$JS", "a/b", "\u001b[31m", "a*", "long".repeat(900)];

/** The same hostile input for the same seed: `each` of every class, in a mixed order. */
export function hostileInput(random: Random, each: number): Hostile[] {
  const all = Object.entries(makers).flatMap(([kind, make]) =>
    Array.from({ length: each }, (_, number): Hostile => {
      const good = aMessage({
        id: `Bad-${kind.replaceAll(/\W+/g, "-")}-${number}`,
        subject: pick(random, ["ping", "exec"]),
      });
      const { payload, tokens = [good.messageType, good.subject, good.id], ...rest } = make(random, good, number);
      return { kind, subject: `steward.ship1.${tokens.join(".")}`, payload: Buffer.from(payload), ...rest };
    }),
  );
  return all
    .map((one) => ({ one, at: random(1e9) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
