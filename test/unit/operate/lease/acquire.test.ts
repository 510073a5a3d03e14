import { errors } from "nats";
import { expect, test, vi } from "vitest";
import { answered, elsewhere, gone, holderOf, presenceOf, scriptedLease } from "./support.ts";

const isControl = ({ subject }: { readonly subject: string }): boolean => subject.includes(".control.");

test("a free node is taken at once, with a heartbeat that expires", async () => {
  const scripted = scriptedLease();
  await scripted.lease.acquire();
  expect(holderOf(scripted)).toBe("me");
  expect(scripted.asked.at(-1)!.headers).toEqual({ "Nats-Expected-Last-Subject-Sequence": "0", "Nats-TTL": "180s" });
  expect(scripted.asked.some(isControl)).toBe(false);
});

test("a node whose heartbeat cannot be read is free when nobody answers for it", async () => {
  const scripted = scriptedLease();
  scripted.put("no heartbeat");
  await scripted.lease.acquire();
  expect(holderOf(scripted)).toBe("me");
});

test("a node whose heartbeat only a newer version can read is taken while its daemon answers", async () => {
  const scripted = scriptedLease();
  scripted.put('{"protocol":2,"who":{"instance":"newer"}}');
  scripted.control.answer = answered;
  await expect(scripted.lease.acquire()).rejects.toThrow(
    /whose presence this version of Steward does not read; stop it first/,
  );
  expect(scripted.entry()?.revision).toBe(1);
});

test.each([["that was given up", "", "DEL"]])(
  "a node %s is free, behind what stands there",
  async (_which, value, operation) => {
    const scripted = scriptedLease();
    scripted.put(value, operation);
    await scripted.lease.acquire();
    expect(holderOf(scripted)).toBe("me");
    expect(scripted.entry()?.revision).toBe(2);
    expect(scripted.asked.some(isControl)).toBe(false);
  },
);

test.each([
  ["answers", answered, /already running: .*\); stop it first/],
  ["is connected and silent", new errors.TimeoutError(), /already running: .* \(suspended\?\); stop it first/],
])("a holder that %s keeps the node, even one whose process seems to be gone", async (_what, answer, text) => {
  const scripted = scriptedLease();
  scripted.put(JSON.stringify(presenceOf("other", gone)));
  scripted.control.answer = answer;
  await expect(scripted.lease.acquire()).rejects.toMatchObject({
    code: "nodeTaken",
    message: expect.stringMatching(text) as string,
  });
  expect(holderOf(scripted)).toBe("other");
});

test("a silence in which the broker was away says nothing of the holder: it is asked again", async () => {
  const scripted = scriptedLease();
  scripted.put(JSON.stringify(presenceOf("other", gone)));
  const answers = [new errors.TimeoutError(), new errors.NoRespondersError("control")];
  Object.defineProperty(scripted.control, "answer", { get: () => answers.shift() });
  await scripted.lease.acquire();
  expect(holderOf(scripted)).toBe("me");
});

test("a holder that nobody answers for and whose process is gone from this host is taken over at once", async () => {
  const scripted = scriptedLease();
  scripted.put(JSON.stringify(presenceOf("other", gone)));
  await scripted.lease.acquire();
  expect(holderOf(scripted)).toBe("me");
});

test.each([
  ["on another host", elsewhere],
  ["that still runs on this one", {}],
])("a holder %s that nobody answers for is waited for until its heartbeat has expired", async (_where, changes) => {
  const scripted = scriptedLease();
  scripted.put(JSON.stringify(presenceOf("other", changes)));
  const acquired = vi.fn<() => void>();
  const acquiring = scripted.lease.acquire().then(acquired);
  await vi.waitFor(() => expect(scripted.asked.filter(isControl).length).toBeGreaterThan(1), 3000);
  expect(acquired).not.toHaveBeenCalled();
  scripted.put("", "PURGE");
  await acquiring;
  expect(holderOf(scripted)).toBe("me");
});

test("the daemon's end ends the waiting", async () => {
  const scripted = scriptedLease();
  scripted.put(JSON.stringify(presenceOf("other", elsewhere)));
  const acquiring = scripted.lease.acquire();
  await vi.waitFor(() => expect(scripted.asked.some(isControl)).toBe(true));
  scripted.shutdown.abort();
  await expect(acquiring).rejects.toThrow("aborted");
});

test("a write whose answer was lost is known as one's own", async () => {
  const scripted = scriptedLease();
  scripted.loseAnswer();
  await scripted.lease.acquire();
  expect(holderOf(scripted)).toBe("me");
  expect(scripted.entry()?.revision).toBe(1);
});

test("of two that take a free node at once one has it", async () => {
  const scripted = scriptedLease();
  let release = (): void => {};
  scripted.writing.before = new Promise((resolve) => {
    release = resolve;
  });
  const acquiring = scripted.lease.acquire();
  await vi.waitFor(() => expect(scripted.asked.length).toBe(3));
  scripted.put(JSON.stringify(presenceOf("other")));
  scripted.control.answer = answered;
  release();
  await expect(acquiring).rejects.toMatchObject({ code: "nodeTaken" });
  expect(holderOf(scripted)).toBe("other");
});

test("a connection that is lost while the holder is asked says nothing of it: it is asked again", async () => {
  const scripted = scriptedLease();
  scripted.put(JSON.stringify(presenceOf("other", gone)));
  scripted.control.answer = new Promise(() => {});
  const acquiring = scripted.lease.acquire();
  await vi.waitFor(() => expect(scripted.asked.some(isControl)).toBe(true));
  scripted.control.answer = new errors.NoRespondersError("control");
  scripted.connection("disconnect");
  scripted.connection("reconnect");
  await acquiring;
  expect(holderOf(scripted)).toBe("me");
});
