import { JetStreamApiError } from "@nats-io/jetstream";
import { errors } from "nats";
import { describe, expect, test } from "vitest";
import { explained } from "../../../src/cli/explain.ts";
import { StewardError } from "../../../src/protocol/errors.ts";

describe("trouble with the broker is told as such", () => {
  test.each([
    [new errors.TimeoutError(), "brokerUnreachable"],
    [new errors.RequestError("a"), "brokerUnreachable"],
    [new errors.ClosedConnectionError(), "brokerUnreachable"],
    [new errors.AuthorizationError("a"), "brokerRefused"],
    [new errors.UserAuthenticationExpiredError("a"), "brokerRefused"],
    [new errors.PermissionViolationError("a", "publish", "b"), "brokerRefused"],
    // A request that is not permitted fails so.
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

test("anything else comes back as it is: what is known already, and what is a bug", () => {
  for (const error of [new StewardError("usage", "a"), new TypeError("b"), "c", undefined]) {
    expect(explained(error)).toBe(error);
  }
});
