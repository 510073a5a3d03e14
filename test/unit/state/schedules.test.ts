import { errors, type Msg } from "nats";
import { expect, test } from "vitest";
import { serverCodes } from "../../../src/broker/connection/server-codes.ts";
import { outcomesOf } from "../../../src/state/schedules.ts";
import { ackByHand, messageByHand } from "../../support/by-hand.ts";
import { answerOf, found, notFound, refusal, scriptedBroker } from "../broker/support.ts";

const source = { "Nats-Stream-Source": "STEWARD_SCHEDULES 7 s > s" };

interface Scene {
  /** The message in the queue with the schedule's id. By its source it is the seventh firing. */
  readonly queued?: Msg;
  readonly acked?: Msg;
  readonly messageType?: "command" | "event";
  /** The daemon reports that it runs this message. */
  readonly runs?: boolean;
}

async function outcome({ queued, acked, messageType = "command", runs = false }: Scene) {
  const { broker } = scriptedBroker(({ subject, body }) => {
    if (subject.includes(".INFO.")) return answerOf({ ts: "2026-01-31T12:00:59Z" });
    if (subject.startsWith("$JS.API.DIRECT.GET.STEWARD_ACKS")) return acked ?? notFound();
    if (subject.startsWith("$JS.API.DIRECT.GET.STEWARD_MESSAGES")) {
      return body.includes('"seq":1,') ? (queued ?? notFound()) : notFound();
    }
    if (subject.endsWith(".control.output") && runs) {
      return answerOf({ offset: 0, data: "", totals: { stdout: 0, stderr: 0 }, ended: false });
    }
    if (subject.includes(".control.")) return new errors.NoRespondersError("s");
    return refusal(serverCodes.noMessageFound, "no message found", 404);
  });
  const address = { node: "ship1", messageType, subject: "exec", id: "night" } as const;
  const last = { id: "night_7", firedAt: 0, next: undefined };
  return outcomesOf(broker, [
    { address, last: undefined },
    { address, last },
  ]);
}

const firing = (expires?: string): Msg => found(9, JSON.stringify(messageByHand({ id: "night", expires })), source);

test("the last firing has the state of its ACK", async () => {
  const acked = found(3, JSON.stringify(ackByHand({ id: "night_7", state: "failed" })));
  expect(await outcome({ acked })).toEqual([undefined, "failed"]);
});

test("without an ACK it has its state in the queue: it may have expired there, or run without an ACK", async () => {
  expect(await outcome({ queued: firing("1h") })).toEqual([undefined, "waiting"]);
  expect(await outcome({ queued: firing("1s") })).toEqual([undefined, "expired"]);
  expect(await outcome({ queued: firing(), messageType: "event" })).toEqual([undefined, "waiting"]);
  expect(await outcome({ queued: firing(), messageType: "event", runs: true })).toEqual([undefined, "running"]);
});
