import fc from "fast-check";
import type { Message } from "../../../src/protocol/message.ts";
import { messageTypes, nodeNameFault, type Address } from "../../../src/protocol/subjects.ts";
import { formatDuration } from "../../../src/util/duration.ts";

const tokenOf = (maxLength: number): fc.Arbitrary<string> =>
  fc.stringMatching(/^[A-Za-z0-9_-]+$/, { maxLength }).filter((text) => text.length <= maxLength);

export const token: fc.Arbitrary<string> = tokenOf(64);
const id: fc.Arbitrary<string> = tokenOf(40);
const nodeName: fc.Arbitrary<string> = token.filter((name) => nodeNameFault(name) === undefined);

export const address: fc.Arbitrary<Address> = fc.record({
  node: nodeName,
  messageType: fc.constantFrom(...messageTypes),
  subject: token,
  id,
});

/** Texts of all kinds: characters of many bytes, and many escapes in JSON. All schemas refuse half characters. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary" }).map((any) => any.toWellFormed()),
  fc.string({ unit: fc.constantFrom("\0", "\u001B", '"', "\\", "\n", "é", "☃", "😀", "\uFFFD") }),
);

const duration = fc.integer({ min: 1, max: 10 ** 9 }).map(formatDuration);

export const message: fc.Arbitrary<Message> = fc
  .record(
    {
      address,
      data: fc.array(text),
      from: token,
      createdAt: fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date("9999-01-01") })
        .map((date) => date.toISOString()),
      timeout: duration,
      retries: fc.nat(1000),
      retryWait: duration,
      expires: duration,
      delivery: fc.constant("atLeastOnce" as const),
      reply: fc.record({ node: nodeName, subject: token }),
    },
    { requiredKeys: ["address", "data", "from", "createdAt"] },
  )
  .map(({ address: to, ...rest }) => ({ ...to, ...rest }));
