import { errors } from "nats";
import { expect, onTestFinished, test, vi } from "vitest";
import { gate, quiet } from "../../node/support.ts";
import { holderOf, presenceOf, scriptedLease } from "./support.ts";

const beat = 20;

test("each renewal follows the one before", async () => {
  const scripted = scriptedLease(beat);
  await scripted.lease.acquire();
  await vi.waitFor(() => expect(scripted.entry()!.revision).toBeGreaterThan(3));
  expect(holderOf(scripted)).toBe("me");
  expect(scripted.lost).not.toHaveBeenCalled();
});

test("a heartbeat that expired while the broker was unreachable is written again", async () => {
  const scripted = scriptedLease(beat);
  await scripted.lease.acquire();
  scripted.put("", "PURGE");
  await vi.waitFor(() => expect(holderOf(scripted)).toBe("me"));
  expect(scripted.lost).not.toHaveBeenCalled();
});

test("a renewal whose answer was lost is followed by the next one", async () => {
  const scripted = scriptedLease(beat);
  await scripted.lease.acquire();
  scripted.loseAnswer();
  const { revision } = scripted.entry()!;
  await vi.waitFor(() => expect(scripted.entry()!.revision).toBeGreaterThan(revision + 1));
  expect(scripted.lost).not.toHaveBeenCalled();
});

test("frequent changes do not postpone the renewal", async () => {
  const scripted = scriptedLease();
  await scripted.lease.acquire();
  const { revision } = scripted.entry()!;
  const news = setInterval(() => scripted.lease.renew(), 50);
  onTestFinished(() => clearInterval(news));
  await vi.waitFor(() => expect(scripted.entry()!.revision).toBeGreaterThan(revision), 3000);
});

test("a lease that another daemon took is lost, and not taken back", async () => {
  const scripted = scriptedLease(beat);
  await scripted.lease.acquire();
  scripted.put(JSON.stringify(presenceOf("other")));
  await vi.waitFor(() => expect(scripted.lost).toHaveBeenCalled());
  expect(scripted.lost.mock.lastCall![0]).toMatchObject({ code: "leaseLost" });
  const { length } = scripted.asked;
  await new Promise((resolve) => setTimeout(resolve, 3 * beat));
  expect(scripted.asked).toHaveLength(length);
  expect(holderOf(scripted)).toBe("other");
});

test("a heartbeat that the broker refuses is tried again at the next beat", async () => {
  const scripted = scriptedLease(beat);
  await scripted.lease.acquire();
  const { revision } = scripted.entry()!;
  scripted.refuse = new errors.InvalidArgumentError("no room");
  await vi.waitFor(() => expect(scripted.asked.length).toBeGreaterThan(5));
  expect(scripted.entry()!.revision).toBe(revision);
  scripted.refuse = undefined;
  await vi.waitFor(() => expect(scripted.entry()!.revision).toBeGreaterThan(revision));
  expect(scripted.lost).not.toHaveBeenCalled();
});

test("a released lease leaves the node free, and is not renewed", async () => {
  const scripted = scriptedLease(beat);
  await scripted.lease.acquire();
  await scripted.lease.release();
  expect(scripted.entry()).toMatchObject({ operation: "DEL" });
  const { revision } = scripted.entry()!;
  await new Promise((resolve) => setTimeout(resolve, 3 * beat));
  expect(scripted.entry()!.revision).toBe(revision);
});

test("a lease that another daemon took is not released in its place", async () => {
  const scripted = scriptedLease();
  await scripted.lease.acquire();
  scripted.put(JSON.stringify(presenceOf("other")));
  await scripted.lease.release();
  expect(holderOf(scripted)).toBe("other");
});

/** Waits for a renewal, and holds its write until the returned gate is opened. */
async function heldRenewal(scripted: ReturnType<typeof scriptedLease>): Promise<ReturnType<typeof gate>> {
  const writes = gate();
  const { length } = scripted.asked;
  scripted.writing.before = writes.promise;
  await vi.waitFor(() => expect(scripted.asked.length).toBeGreaterThan(length));
  return writes;
}

test("a lease that is released during a renewal leaves the node free", async () => {
  const scripted = scriptedLease(beat);
  await scripted.lease.acquire();
  const writes = await heldRenewal(scripted);
  const released = scripted.lease.release();
  await quiet();
  writes.open();
  await released;
  await new Promise((resolve) => setTimeout(resolve, 3 * beat));
  expect(holderOf(scripted)).toBeUndefined();
});

test("a key that has expired is not written again after a stop", async () => {
  const scripted = scriptedLease(beat);
  await scripted.lease.acquire();
  scripted.put("", "PURGE");
  const writes = await heldRenewal(scripted);
  const released = scripted.lease.release();
  writes.open();
  await released;
  expect(holderOf(scripted)).toBeUndefined();
  expect(scripted.asked.filter(({ body }) => body.includes("instance"))).toHaveLength(2);
});

test("after a stop there is no renewal, also if it comes during one", async () => {
  const scripted = scriptedLease(beat);
  await scripted.lease.acquire();
  const writes = await heldRenewal(scripted);
  scripted.lease.stop();
  writes.open();
  await quiet();
  const { revision } = scripted.entry()!;
  await new Promise((resolve) => setTimeout(resolve, 3 * beat));
  expect(scripted.entry()!.revision).toBe(revision);
});
