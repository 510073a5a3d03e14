import { onTestFinished, vi } from "vitest";
import { Pull, type Delivery, type PullEnd } from "../../../../../src/broker/read/pull.ts";
import { answerOf, headersWith, msgOf, scriptedBroker, type ScriptedBroker } from "../../support.ts";

export interface ScriptedPull extends Pick<ScriptedBroker, "subscribed" | "deliver"> {
  readonly pull: Pull;
  readonly deliveries: Delivery[];
  /** Whether whoever takes the deliveries has no room for more. */
  readonly room: { isFull: boolean };
  readonly refused: ReturnType<typeof vi.fn<(reason: string) => void>>;
  readonly ended: ReturnType<typeof vi.fn<(why: PullEnd, detail: string) => void>>;
  /** The requests for messages, each with the inbox that it named. */
  readonly requests: () => { readonly inbox: string; readonly max_bytes: number; readonly batch: number }[];
  /** Delivers the message of a sequence as the consumer's n-th delivery. */
  readonly message: (delivery: number, ackSubject?: string) => void;
  /** Sends a status to a request, the latest unless told. */
  readonly status: (
    code: number,
    description: string,
    header?: Record<string, string | number>,
    request?: number,
  ) => void;
}

/** One epoch of deliveries, under false timers. */
export function scriptedPull(): ScriptedPull {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { broker, published, subscribed, deliver } = scriptedBroker(() => answerOf({}));
  const deliveries: Delivery[] = [];
  const ended = vi.fn<(why: PullEnd, detail: string) => void>();
  const refused = vi.fn<(reason: string) => void>();
  const room: ScriptedPull["room"] = { isFull: false };
  const pull = new Pull(broker, "ship1", {
    deliver: (delivery) => deliveries.push(delivery),
    isFull: () => room.isFull,
    refused,
    ended,
  });
  onTestFinished(() => {
    pull.stop();
    vi.useRealTimers();
  });
  const requests: ScriptedPull["requests"] = () =>
    published.map(({ body, reply = "" }) => ({
      inbox: reply,
      ...(JSON.parse(body) as { max_bytes: number; batch: number }),
    }));
  const inbox = (request: number): string => requests().at(request)!.inbox;
  return {
    pull,
    deliveries,
    room,
    refused,
    ended,
    subscribed,
    deliver,
    requests,
    message: (delivery, ackSubject = ackSubjectOf(delivery)) =>
      deliver(msgOf({ subject: "steward.ship1.command.ping.a", reply: ackSubject, data: "payload" }), inbox(-1)),
    status: (code, description, header = {}, request = -1) =>
      deliver(msgOf({ subject: inbox(request), headers: headersWith(header, code, description) })),
  };
}

/** Where the acknowledgement of a delivery goes; it was stored as the hundredfold. */
function ackSubjectOf(delivery: number): string {
  return `$JS.ACK.STEWARD_MESSAGES.ship1.1.${delivery * 100}.${delivery}.1769860800500000000.0`;
}
