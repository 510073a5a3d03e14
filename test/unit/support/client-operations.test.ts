import fc from "fast-check";
import { expect, it } from "vitest";
import { ClientOperations } from "../../support/client-operations.ts";

const spoken = [
  'CONNECT {"verbose":false}\r\nPING\r\n',
  "SUB _INBOX.a.* 1\r\nUNSUB 1 5\r\n",
  "PUB steward.one 5\r\n12\r\n5\r\n",
  "PUB steward.two _INBOX.a.1 0\r\n\r\n",
  "HPUB steward.three _INBOX.a.2 21 24\r\nNATS/1.0\r\nName: a\r\n\r\nüx\r\n",
  "PONG\r\n",
].join("");

it("cuts what a client says into operations, wherever the chunks end", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(Buffer.byteLength(spoken))), (cuts) => {
      const bytes = Buffer.from(spoken);
      const ends = [...cuts, bytes.length].toSorted((a, b) => a - b);
      const reader = new ClientOperations();
      const found = ends.flatMap((end, at) => reader.push(bytes.subarray(ends[at - 1] ?? 0, end)));
      expect(found.map(({ verb, subject }) => `${verb} ${subject}`.trim())).toEqual([
        "CONNECT",
        "PING",
        "SUB _INBOX.a.*",
        "UNSUB",
        "PUB steward.one",
        "PUB steward.two",
        "HPUB steward.three",
        "PONG",
      ]);
      expect(found.slice(4, 7).map(({ payload }) => payload)).toEqual(["12\r\n5", "", "üx"]);
      expect(found.map(({ headers }) => headers).join("")).toBe("NATS/1.0\r\nName: a\r\n\r\n");
      expect(Buffer.concat(found.map((one) => one.bytes)).toString()).toBe(spoken);
    }),
  );
});

it("waits for the rest of an operation", () => {
  const reader = new ClientOperations();
  expect(reader.push(Buffer.from("PUB a 3\r\nab"))).toEqual([]);
  expect(reader.push(Buffer.from("c\r"))).toEqual([]);
  expect(reader.push(Buffer.from("\n"))).toMatchObject([{ verb: "PUB", subject: "a", payload: "abc" }]);
});
