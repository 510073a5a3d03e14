import { expect, test } from "vitest";
import { gate, quiet, soon } from "../support.ts";
import { consumerOf, isReset, scriptedIntake } from "./support.ts";

const ack = { ackSubject: "ack" };

test("in an epoch an acknowledgement goes out on the subject that the delivery named", async () => {
  const { intake, acknowledger, published } = scriptedIntake();
  await intake.resync("start");
  acknowledger.acknowledge(ack);
  await soon();
  expect(published.at(-1)).toMatchObject({ subject: "ack", body: "" });
});

test("before the first epoch, and while there is none, none goes out", async () => {
  const { intake, acknowledger, published } = scriptedIntake();
  acknowledger.acknowledge(ack);
  await intake.resync("start");
  intake.pause();
  acknowledger.acknowledge(ack);
  await soon();
  expect(published.filter(({ subject }) => subject === "ack")).toEqual([]);
});

test("an acknowledgement that was not sent when its epoch ended is not sent in the next", async () => {
  const { intake, acknowledger, published } = scriptedIntake();
  await intake.resync("start");
  acknowledger.acknowledge(ack);
  await intake.resync("reconnect");
  await soon();
  expect(published.filter(({ subject }) => subject === "ack")).toEqual([]);
});

test("between two epochs none goes out: the message will come again", async () => {
  const reset = gate();
  let resets = 0;
  const { intake, acknowledger, published } = scriptedIntake(async (each) => {
    if (isReset(each) && ++resets === 2) await reset.promise;
    return consumerOf();
  });
  await intake.resync("start");
  const resynced = intake.resync("reconnect");
  acknowledger.acknowledge(ack);
  await soon();
  acknowledger.acknowledge(ack);
  reset.open();
  await resynced;
  expect(published.filter(({ subject }) => subject === "ack")).toEqual([]);
});

test("once stopped nothing is taken, and messages taken in can still be acknowledged", async () => {
  const { intake, acknowledger, published, message, delivered, subscribed } = scriptedIntake();
  await intake.resync("start");
  intake.stop();
  message(1);
  expect(delivered).toEqual([]);
  expect(subscribed()).toEqual([]);
  expect(intake.live).toBe(false);
  acknowledger.acknowledge(ack);
  await soon();
  expect(published.at(-1)?.subject).toBe("ack");
});

test("stopped during a resync, or before one, it takes nothing more", async () => {
  const reset = gate();
  const { intake, subscribed, pulls } = scriptedIntake(async (each) => {
    if (isReset(each)) await reset.promise;
    return consumerOf();
  });
  const resynced = intake.resync("reconnect");
  await quiet();
  intake.stop();
  reset.open();
  await resynced;
  await intake.resync("reconnect");
  expect(subscribed()).toEqual([]);
  expect(pulls()).toBe(0);
});
