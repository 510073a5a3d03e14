import { errors } from "nats";
import { expect, test, vi } from "vitest";
import { answered, elsewhere, ended, holderOf, presenceOf, scriptedLease } from "./support.ts";

const isControl = ({ subject }: { readonly subject: string }): boolean => subject.includes(".control.");

test("a free node is taken at once, with a heartbeat that expires", async () => {
  const scripted = scriptedLease();
  await scripted.lease.acquire();
  expect(holderOf(scripted)).toBe("me");
  expect(scripted.asked.at(-1)!.headers).toEqual({ "Nats-Expected-Last-Subject-Sequence": "0", "Nats-TTL": "180s" });
  expect(scripted.asked.some(isControl)).toBe(false);
});

test("a node with an unreadable heartbeat is free when no daemon answers for it", async () => {
  const scripted = scriptedLease();
  scripted.put("no heartbeat");
  await scripted.lease.acquire();
  expect(holderOf(scripted)).toBe("me");
});

test("a node with a heartbeat of a newer version is already running while its daemon answers", async () => {
  const scripted = scriptedLease();
  scripted.put('{"protocol":2,"who":{"instance":"newer"}}');
  scripted.control.answer = answered;
  await expect(scripted.lease.acquire()).rejects.toThrow(
    /whose presence this version of Steward cannot read; stop it first/,
  );
  expect(scripted.entry()?.revision).toBe(1);
});

test.each([["that was given up", "", "DEL"]])(
  "a node %s is free, and the lease is written after its last revision",
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
])("a holder that %s keeps the node, even if its process seems to have ended", async (_what, answer, text) => {
  const scripted = scriptedLease();
  scripted.put(JSON.stringify(presenceOf("other", ended)));
  scripted.control.answer = answer;
  await expect(scripted.lease.acquire()).rejects.toMatchObject({
    code: "nodeTaken",
    message: expect.stringMatching(text) as string,
  });
  expect(holderOf(scripted)).toBe("other");
});

test("a silence while the broker was away says nothing about the holder: it is asked again", async () => {
  const scripted = scriptedLease();
  scripted.put(JSON.stringify(presenceOf("other", ended)));
  const answers = [new errors.TimeoutError(), new errors.NoRespondersError("control")];
  Object.defineProperty(scripted.control, "answer", { get: () => answers.shift() });
  await scripted.lease.acquire();
  expect(holderOf(scripted)).toBe("me");
});

test("a holder that does not answer, and whose process on this host has ended, is taken over at once", async () => {
  const scripted = scriptedLease();
  scripted.put(JSON.stringify(presenceOf("other", ended)));
  await scripted.lease.acquire();
  expect(holderOf(scripted)).toBe("me");
});

test.each([
  ["on another host", elsewhere],
  ["that still runs on this one", {}],
])("a holder %s that does not answer is waited for until its heartbeat has expired", async (_where, changes) => {
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

test("the daemon's end ends the wait", async () => {
  const scripted = scriptedLease();
  scripted.put(JSON.stringify(presenceOf("other", elsewhere)));
  const acquiring = scripted.lease.acquire();
  await vi.waitFor(() => expect(scripted.asked.some(isControl)).toBe(true));
  scripted.shutdown.abort();
  await expect(acquiring).rejects.toThrow("aborted");
});

test("a write whose answer was lost is recognised as the daemon's own", async () => {
  const scripted = scriptedLease();
  scripted.loseAnswer();
  await scripted.lease.acquire();
  expect(holderOf(scripted)).toBe("me");
  expect(scripted.entry()?.revision).toBe(1);
});

test("of two daemons that take a free node at once, one gets it", async () => {
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

test("a lost connection while the holder is asked says nothing about it: it is asked again", async () => {
  const scripted = scriptedLease();
  scripted.put(JSON.stringify(presenceOf("other", ended)));
  scripted.control.answer = new Promise(() => {});
  const acquiring = scripted.lease.acquire();
  await vi.waitFor(() => expect(scripted.asked.some(isControl)).toBe(true));
  scripted.control.answer = new errors.NoRespondersError("control");
  scripted.connection("disconnect");
  scripted.connection("reconnect");
  await acquiring;
  expect(holderOf(scripted)).toBe("me");
});
