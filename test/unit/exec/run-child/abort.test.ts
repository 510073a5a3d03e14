import { getEventListeners } from "node:events";
import { expect, test, vi } from "vitest";
import { runScript, startScript, stateOf, until } from "../support.ts";

test("aborted beforehand, nothing is started and the reason is thrown", async () => {
  const reason = new Error("cancelled");
  const onChunk = vi.fn<() => void>();
  await expect(runScript("echo started", { signal: AbortSignal.abort(reason), onChunk })).rejects.toBe(reason);
  expect(onChunk).not.toHaveBeenCalled();
});

test("aborted while it runs, the result has its end and its output so far", async () => {
  const script = await startScript("echo working; sleep 100", { killGraceMs: 60_000 });
  await until(() => script.printed() === "working\n");
  script.controller.abort();
  expect(await script.result).toMatchObject({
    exitCode: null,
    signal: "SIGTERM",
    stdout: { bytes: Buffer.from("working\n") },
  });
});

test("an abort right after the call is not missed", async () => {
  const controller = new AbortController();
  const result = runScript("sleep 100", { signal: controller.signal });
  controller.abort();
  expect(await result).toMatchObject({ exitCode: null, signal: "SIGTERM" });
});

test("a program that ends well on SIGTERM is reported so, with its last words", async () => {
  const script = await startScript("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done");
  await until(() => script.printed() === "ready\n");
  script.controller.abort();
  expect(await script.result).toMatchObject({ exitCode: 0, stdout: { bytes: Buffer.from("ready\nbye\n") } });
});

test("a program that ignores SIGTERM is killed after the grace", async () => {
  const script = await startScript("trap '' TERM; echo ready; while :; do sleep 0.01; done");
  await until(() => script.printed() === "ready\n");
  script.controller.abort();
  expect(await script.result).toMatchObject({ exitCode: null, signal: "SIGKILL" });
});

test("a stopped program is killed after the grace", async () => {
  const script = await startScript("kill -STOP $$");
  await until(() => stateOf(script.pid) === "T");
  script.controller.abort();
  expect(await script.result).toMatchObject({ exitCode: null, signal: "SIGKILL" });
});

test("an abort after the end changes nothing", async () => {
  const script = await startScript("true");
  const result = await script.result;
  const kill = vi.spyOn(process, "kill");
  script.controller.abort();
  expect(result).toMatchObject({ exitCode: 0, signal: null });
  expect(kill).not.toHaveBeenCalled();
  kill.mockRestore();
});

test("no listener stays on the signal, whether it was aborted or not", async () => {
  const [quiet, aborted] = await Promise.all([startScript("true"), startScript("sleep 100")]);
  aborted.controller.abort();
  await Promise.all([quiet.result, aborted.result]);
  expect(getEventListeners(quiet.controller.signal, "abort")).toEqual([]);
  expect(getEventListeners(aborted.controller.signal, "abort")).toEqual([]);
});

test("a program that the system does not let us end is given up, with neither code nor signal", async () => {
  const script = await startScript("sleep 100");
  const kill = vi.spyOn(process, "kill").mockImplementation(() => {
    throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
  });
  script.controller.abort();
  const result = await script.result;
  kill.mockRestore();
  expect(result).toMatchObject({ exitCode: null, signal: null });
  expect(stateOf(script.pid)).toBe("S");
});
