import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readAddresses, shownAddresses } from "../../../../src/broker/connection/addresses.ts";

const read = (text: string) => {
  const { urls, login, isTls } = readAddresses(text);
  return { urls: urls.map(({ href }) => href), ...login, isTls };
};

test.each([
  ["h", { urls: ["nats://h"], isTls: false }],
  [" nats://h:4222 , tls://i:1", { urls: ["nats://h:4222", "tls://i:1"], isTls: true }],
  ["nats://[::1]:4222", { urls: ["nats://[::1]:4222"], isTls: false }],
  ["nats://token@h", { urls: ["nats://h"], user: "token", isTls: false }],
  ["nats://me:100%@h", { urls: ["nats://h"], user: "me", pass: "100%", isTls: false }],
  ["nats://me:100%25@h", { urls: ["nats://h"], user: "me", pass: "100%", isTls: false }],
  ["nats://me:a%2Cb@h", { urls: ["nats://h"], user: "me", pass: "a,b", isTls: false }],
  ["me:p@ss/w?o#rd:@h:1", { urls: ["nats://h:1"], user: "me", pass: "p@ss/w?o#rd:", isTls: false }],
])("%s", (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test("a password may hold any character but a comma, plain or percent-encoded, and is never shown", () => {
  const anyPassword = fc.string({ unit: "binary", minLength: 8 });
  fc.assert(
    fc.property(anyPassword, fc.boolean(), (password, asItIs) => {
      const plain = asItIs && !/[,%]/.test(password) && password === password.trim();
      const written = plain ? password : encodeURIComponent(password);
      const text = `nats://ann:${written}@h:4222`;
      expect(read(text)).toEqual({ urls: ["nats://h:4222"], user: "ann", pass: password, isTls: false });
      expect(shownAddresses(text, "***")).toBe("nats://ann:***@h:4222");
    }),
  );
});
