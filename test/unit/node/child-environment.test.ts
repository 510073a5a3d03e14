import { expect, test } from "vitest";
import { identityText, thisProcess } from "../../../src/exec/process-identity.ts";
import {
  childEnvironment,
  inheritedEnvironment,
  commonEnvironment,
  parseMarks,
} from "../../../src/node/child-environment.ts";

const run = {
  namespace: "steward",
  address: { node: "ship1", messageType: "command", subject: "exec", id: "a" },
  instance: "me",
} as const;

const environment = (own: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  childEnvironment(commonEnvironment(inheritedEnvironment(own), { ...run, node: run.address.node }), run.address);

const marks = {
  STEWARD_RUN_NAMESPACE: "steward",
  STEWARD_RUN_NODE: "ship1",
  STEWARD_RUN_LANE: "command.exec",
  STEWARD_RUN_ID: "a",
  STEWARD_RUN_INSTANCE: "me",
  STEWARD_RUN_DAEMON: identityText(thisProcess()),
};

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

test("marks identify the run, down to the process of the daemon", () => {
  expect(parseMarks(environment({ PATH: "/bin" }))).toEqual({ ...run, daemon: thisProcess() });
});

test.each([
  ...Object.keys(marks).map((name) => ({ [name]: undefined })),
  ...Object.keys(marks).map((name) => ({ [name]: "" })),
  { STEWARD_RUN_NAMESPACE: ">" },
  { STEWARD_RUN_NODE: "*" },
  { STEWARD_RUN_LANE: "exec" },
  { STEWARD_RUN_LANE: "order.exec" },
  { STEWARD_RUN_LANE: "command.*" },
  { STEWARD_RUN_LANE: "command.exec.more" },
  { STEWARD_RUN_ID: "a.b" },
  { STEWARD_RUN_ID: "a".repeat(41) },
  { STEWARD_RUN_DAEMON: String(process.pid) },
])("with %j they are not the marks of a daemon", (changes) => {
  expect(parseMarks({ ...marks, ...changes })).toBeUndefined();
});
