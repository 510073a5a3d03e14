import { expect, test } from "vitest";
import { childEnvironment, inheritedEnvironment } from "../../../src/node/child-environment.ts";
import { heldOf, messageWith } from "./support.ts";

const environment = (own: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  childEnvironment(inheritedEnvironment(own), "ship1", heldOf(messageWith({ id: "a" })), "me");

const marks = { STEWARD_RUN_NODE: "ship1", STEWARD_RUN_ID: "a", STEWARD_RUN_INSTANCE: "me" };

test("a child has the daemon's environment and the marks of its run", () => {
  expect(environment({ PATH: "/bin", HOME: "/home/x" })).toEqual({ PATH: "/bin", HOME: "/home/x", ...marks });
});

test.each([
  "STEWARD_PASSWORD",
  "STEWARD_RUN_OTHER",
  "NATS_URL",
  "NATS_PASSWORD",
  "NOTIFY_SOCKET",
  "WATCHDOG_USEC",
  "LISTEN_FDS",
])("%s stays with the daemon", (name) => expect(environment({ [name]: "secret" })).toEqual(marks));

test.each(["NOTIFY_SOCKET_OF_MINE", "MY_NATS_URL", "steward", "LISTENER"])("%s is a child's own affair", (name) => {
  expect(environment({ [name]: "value" })).toHaveProperty(name, "value");
});

test("the marks of another run are replaced", () => {
  expect(environment({ STEWARD_RUN_ID: "another" })).toEqual(marks);
});
