import { expect, test } from "vitest";
import { maskedAddresses } from "../../../../src/cli/render/masked.ts";

test.each([
  ["nats://h:4222", "nats://h:4222"],
  ["h:4222,other", "h:4222, other"],
  ["nats://ann:p/w@rd@h", "nats://ann:********@h"],
  ["nats://ann:secret@h", "nats://ann:********@h"],
  ["nats://token@h", "nats://********@h"],
  ["ann:secret@h, tls://bob:word@i:1", "ann:********@h, tls://bob:********@i:1"],
])("%s", (servers, shown) => {
  expect(maskedAddresses(servers)).toBe(shown);
});
