import type { Msg } from "nats";
import { pino } from "pino";
import { onTestFinished, vi } from "vitest";
import type { Delivery } from "../../../../src/broker/read/pull.ts";
import { BrokerClock } from "../../../../src/node/clock.ts";
import { Intake } from "../../../../src/node/intake.ts";
import { Remover } from "../../../../src/node/remover.ts";
import { Shutdown } from "../../../../src/node/shutdown.ts";
import { TakenMessages } from "../../../../src/node/taken.ts";
import { MemoryJournal, testParts } from "../test-parts.ts";
import { deliveryOf, messageWith } from "../support.ts";
import { consumerAnswer, headersWith, msgOf, scriptedBroker, type ScriptedBroker } from "../../broker/support.ts";

type Answer = Parameters<typeof scriptedBroker>[0];

export interface ScriptedIntake extends Pick<ScriptedBroker, "asked" | "published" | "subscribed" | "connection"> {
  readonly intake: Intake;
  readonly taken: TakenMessages;
  /** Ends a message of the queue, with this sequence. */
  readonly end: (sequence: number) => void;
  /** The sequences whose removal was asked for. */
  readonly removals: () => number[];
  readonly clock: BrokerClock;
  readonly shutdown: Shutdown;
  /** What was logged: level and text. */
  readonly logged: string[];
  readonly delivered: Delivery[];
  readonly voided: ReturnType<typeof vi.fn<() => void>>;
  /** How often the consumer was reset. */
  readonly resets: () => number;
  /** The requests for messages. */
  readonly pulls: () => number;
  /** Delivers a message of the latest epoch. */
  readonly message: (delivery: number) => void;
  /** Sends a status to the latest request for messages. */
  readonly status: (code: number, description: string) => void;
}

export const isReset = ({ subject }: { readonly subject: string }): boolean => subject.includes(".CONSUMER.RESET.");

const isRemoval = ({ subject }: { readonly subject: string }): boolean => subject.includes(".STREAM.MSG.DELETE.");

/** What a broker answers whose consumer was made at `created`. */
export const consumerOf = (created: string = "first"): Msg =>
  consumerAnswer({ created, ts: new Date(Date.now() + 3_600_000).toISOString() });

/** The intake of `ship1`, with room for `most` messages. Without an answer told, its consumer is there and stays the same. */
export function scriptedIntake(answer: Answer = () => consumerOf(), most?: number): ScriptedIntake {
  const { broker, asked, published, subscribed, deliver, connection } = scriptedBroker(answer);
  const shutdown = new Shutdown(() => {});
  const delivered: Delivery[] = [];
  const voided = vi.fn<() => void>();
  const taken = new TakenMessages(most);
  const takeIn = (delivery: Delivery): void => {
    delivered.push(delivery);
    if (!taken.renew(delivery)) taken.take(delivery);
  };
  const dispatcher = { deliver: takeIn, forget: voided };
  const logged: string[] = [];
  const write = (line: string): void => {
    const { level, msg } = JSON.parse(line) as { readonly level: string; readonly msg: string };
    logged.push(`${level} ${msg}`);
  };
  const formatters = { level: (level: string): object => ({ level }) };
  const [clock, log] = [new BrokerClock(), pino({ formatters }, { write })];
  const remover = new Remover(broker, taken, log);
  const parts = testParts(new MemoryJournal(), [], { broker, remover, clock, log, shutdown, taken });
  const intake = new Intake(parts, dispatcher);
  const requests = () => published.filter(({ subject }) => subject.includes(".CONSUMER.MSG.NEXT."));
  const inbox = (): string => requests().at(-1)!.reply!;
  onTestFinished(() => {
    shutdown.now();
    intake.stop();
  });
  return {
    intake,
    taken,
    end: (sequence) => remover.remove(taken.take(deliveryOf(messageWith(), { sequence }))!),
    removals: () => asked.filter(isRemoval).map(({ body }) => (JSON.parse(body) as { seq: number }).seq),
    clock,
    shutdown,
    logged,
    asked,
    published,
    subscribed,
    connection,
    delivered,
    voided,
    resets: () => asked.filter(isReset).length,
    pulls: () => requests().length,
    message: (delivery) =>
      deliver(msgOf({ subject: "steward.ship1.command.ping.a", reply: placeOf(delivery) }), inbox()),
    status: (code, description) => deliver(msgOf({ subject: inbox(), headers: headersWith({}, code, description) })),
  };
}

/** The place of a delivery. The first has the sequence 7, and each other one the next. */
function placeOf(delivery: number): string {
  return `$JS.ACK.STEWARD_MESSAGES.ship1.1.${delivery + 6}.${delivery}.0.0`;
}
