import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "nats";
import { describe, expect, test } from "vitest";
import { explained } from "../../../src/cli/explain.ts";
import { StewardError } from "../../../src/protocol/errors.ts";

describe("trouble with the broker is reported as such", () => {
  test.each([
    [new errors.TimeoutError(), "brokerUnreachable"],
    [new errors.RequestError("a"), "brokerUnreachable"],
    [new errors.ClosedConnectionError(), "brokerUnreachable"],
    [new errors.AuthorizationError("a"), "brokerRefused"],
    [new errors.UserAuthenticationExpiredError("a"), "brokerRefused"],
    [new errors.PermissionViolationError("a", "publish", "b"), "brokerRefused"],
    // The error of a request that is not allowed.
    [
      new errors.RequestError("a", { cause: new errors.PermissionViolationError("a", "publish", "b") }),
      "brokerRefused",
    ],
    [
      new JetStreamApiError({ code: 503, err_code: 10_039, description: "JetStream not enabled for account" }),
      "brokerRefused",
    ],
  ])("%s", (error, code) => {
    expect(explained(error)).toMatchObject({ code, message: expect.stringContaining(error.message) as unknown });
  });
});

test("an error about an input has the name of its option, before the value or after the advice", () => {
  const past = new StewardError("usage", "2020-01-01T00:00:00Z is in the past", { about: "at" });
  expect(explained(past)).toMatchObject({ code: "usage", message: "--at: 2020-01-01T00:00:00Z is in the past" });
  const away = new StewardError("brokerUnreachable", "no broker answers; name another", { about: "server" });
  expect(explained(away)).toMatchObject({ message: "no broker answers; name another with --server" });
  expect(explained(explained(away))).toEqual(explained(away));
});

test("any other error is returned unchanged: those with a code, and bugs", () => {
  for (const error of [new StewardError("usage", "a"), new TypeError("b"), "c", undefined]) {
    expect(explained(error)).toBe(error);
  }
});
