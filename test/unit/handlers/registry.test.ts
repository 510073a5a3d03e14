import { expect, test } from "vitest";
import { builtInHandlers } from "../../../src/handlers/built-in.ts";
import { pingHandler } from "../../../src/handlers/ping.ts";
import { Registry } from "../../../src/handlers/registry.ts";
import { faultOf, temporaryFolder } from "./support.ts";

const registryOf = async (): Promise<Registry> =>
  new Registry(builtInHandlers({ killGrace: 100, outputLimit: 100, dataDir: await temporaryFolder() }, () => {}));

test("the handlers of every node", async () => {
  expect((await registryOf()).names()).toEqual([
    "command.exec",
    "command.ping",
    "command.shell",
    "command.shellCommand",
    "event.error",
    "event.log",
  ]);
});

test("a handler is found by type and subject, and log by its old name too", async () => {
  const registry = await registryOf();
  expect(registry.find({ messageType: "command", subject: "exec" })).toMatchObject({ subject: "exec" });
  expect(registry.find({ messageType: "event", subject: "textLogging" })).toMatchObject({ subject: "log" });
});

test.each([
  ["event", "exec"],
  ["command", "log"],
  ["command", "textLogging"],
  ["command", "__proto__"],
  ["command", "constructor"],
] as const)("nothing serves %s.%s", async (messageType, subject) => {
  expect((await registryOf()).find({ messageType, subject })).toBeUndefined();
});

test.each<["command" | "event", string, readonly string[], string]>([
  ["command", "exec", ["ls", "-l"], "accepted"],
  ["command", "exec", [], "data must hold the program and its arguments"],
  ["command", "exec", [""], "the first string of data is the program and must not be empty"],
  ["command", "exec", ["ls", ""], "accepted"],
  ["command", "shellCommand", ["bash", "-c", "ls"], "accepted"],
  ["command", "shellCommand", [], "data must hold the program and its arguments"],
  ["command", "shell", ["ls | wc -l"], "accepted"],
  ["command", "shell", [""], "the script must not be empty"],
  ["command", "shell", [], "data must hold one string, the script"],
  ["command", "shell", ["ls", "-l"], "data must hold one string, the script"],
  ["command", "ping", [], "accepted"],
  ["event", "log", ["a line"], "accepted"],
  ["event", "log", [], "data must hold a text"],
  ["event", "error", [], "data must hold a text"],
])("%s.%s with the data %j", async (messageType, subject, data, fault) => {
  expect(await faultOf((await registryOf()).find({ messageType, subject }), data)).toContain(fault);
});

test("a handler that is added by the old name of log serves both names", async () => {
  const registry = await registryOf();
  registry.add({ ...pingHandler, subject: "textLogging" });
  for (const subject of ["log", "textLogging"]) {
    expect(registry.find({ messageType: "command", subject })).toMatchObject({ describe: pingHandler.describe });
  }
});
