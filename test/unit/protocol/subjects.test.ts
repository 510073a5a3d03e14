import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ackSubject,
  isId,
  isToken,
  messageSubject,
  nodeNameFault,
  parseAckSubject,
  parseMessageSubject,
  toToken,
} from "../../../src/protocol/subjects.ts";
import { address, token } from "./arbitraries.ts";

test("an address is read back from its subject", () => {
  fc.assert(
    fc.property(token, address, (namespace, to) => {
      expect(parseMessageSubject(messageSubject(namespace, to))).toEqual(to);
      expect(parseAckSubject(ackSubject(namespace, to))).toEqual(to);
      expect(parseAckSubject(messageSubject(namespace, to))).toBeUndefined();
    }),
  );
});

test.each([
  "",
  "steward",
  "steward.ship1.command.exec",
  "steward.ship1.command.exec.1.2",
  "steward.ship1.ack.command.exec.1",
  "steward.ship1.order.exec.1",
])("%j is not the subject of a message", (subject) => {
  expect(parseMessageSubject(subject)).toBeUndefined();
});

test("any text becomes a token, and a token stays unchanged", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(isToken(toToken(text))).toBe(true);
    }),
  );
  expect(toToken("ship-1_A")).toBe("ship-1_A");
});

test("an id is shorter than other tokens", () => {
  expect([isId("a".repeat(40)), isId("a".repeat(41)), isToken("a".repeat(41)), isToken("a".repeat(65))]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

describe("an invalid node name is reported with a suggestion", () => {
  test.each([
    [
      "ship1.example.com",
      'the node name "ship1.example.com" may hold only A-Z a-z 0-9 _ - and at most 64 of them; try "ship1-example-com"',
    ],
    ["all", "`all` means every node and cannot be a node's name"],
    ["-ship1", 'the node name "-ship1" begins with "-"; begin it with a letter or digit'],
    ["", 'the node name "" may hold only A-Z a-z 0-9 _ - and at most 64 of them'],
    ["..", 'the node name ".." may hold only A-Z a-z 0-9 _ - and at most 64 of them'],
  ])("%j", (name, fault) => {
    expect(nodeNameFault(name)).toBe(fault);
  });

  test("the suggestion is a valid name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (name) => {
        const suggestion = /try "(.+)"$/.exec(nodeNameFault(name) ?? "")?.[1];
        if (suggestion !== undefined) expect(nodeNameFault(suggestion)).toBeUndefined();
      }),
    );
  });
});
