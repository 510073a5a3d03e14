import { expect, test, vi } from "vitest";
import { onAbort } from "../../../src/util/on-abort.ts";
import { unlessAborted } from "../../../src/util/unless-aborted.ts";

test("it is called once, when the signal is aborted", () => {
  const [controller, act] = [new AbortController(), vi.fn<() => void>()];
  onAbort(controller.signal, act);
  expect(act).not.toHaveBeenCalled();
  controller.abort();
  expect(act).toHaveBeenCalledOnce();
});

test("it is called at once when the signal was aborted before", () => {
  const act = vi.fn<() => void>();
  onAbort(AbortSignal.abort(), act);
  expect(act).toHaveBeenCalledOnce();
});

test("it can be taken back, and needs no signal", () => {
  const [controller, act] = [new AbortController(), vi.fn<() => void>()];
  onAbort(controller.signal, act)();
  onAbort(undefined, act)();
  controller.abort();
  expect(act).not.toHaveBeenCalled();
});

test("work is not waited for when the signal was aborted before, nor when it is aborted then", async () => {
  const forEver = new Promise(() => {});
  await expect(unlessAborted(AbortSignal.abort(), forEver)).resolves.toBeUndefined();
  const controller = new AbortController();
  const waiting = unlessAborted(controller.signal, forEver);
  controller.abort();
  await expect(waiting).resolves.toBeUndefined();
});

test("an error of the work is thrown", async () => {
  await expect(unlessAborted(undefined, Promise.reject(new Error("full")))).rejects.toThrow("full");
});
