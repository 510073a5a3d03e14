import { expect, test } from "vitest";
import { ackOf, scripted } from "./support.ts";

test.each(["started", "succeeded", "interrupted"] as const)(
  "a daemon whose running command another one continued with `%s` has been replaced",
  async (state) => {
    const { process, journal, message } = scripted();
    const ending = await process.run(await process.open());
    journal.add(message, ackOf(message, state, 2));
    await expect(process.close(ending)).rejects.toMatchObject({ code: "replaced" });
    expect(journal.states(message)).toEqual(["started 1", `${state} 2`]);
  },
);

test("a cancel that was stored first is the end", async () => {
  const { process, journal, message } = scripted();
  const ending = await process.run(await process.open());
  journal.add(message, ackOf(message, "cancelled", 1));
  expect(await process.close(ending)).toMatchObject({ ack: { state: "cancelled", instance: "another" } });
  expect(journal.states(message)).toEqual(["started 1", "cancelled 1"]);
});

test("an end in an unknown state counts too, and does not mean that the daemon was replaced", async () => {
  const { process, journal, message } = scripted();
  const ending = await process.run(await process.open());
  journal.add(message, { ...ackOf(message, "cancelled", 1), state: "withdrawn", final: true });
  expect(await process.close(ending)).toMatchObject({ ack: { state: "withdrawn", instance: "another" } });
  expect(journal.states(message)).toEqual(["started 1", "withdrawn 1"]);
});

test("an event that another copy ended first keeps that end", async () => {
  const { process, journal, message } = scripted({ message: { messageType: "event" } });
  const ending = await process.run(await process.open());
  journal.add(message, ackOf(message, "failed", 1));
  expect(await process.close(ending)).toMatchObject({ ack: { state: "failed", instance: "another" } });
  expect(journal.states(message)).toEqual(["failed 1"]);
});
