import { FollowedOutput } from "../follow/followed-output.ts";
import type { LiveEvent } from "../follow/live-event.ts";
import type { Ack, OutputStream } from "../protocol/ack.ts";
import type { Address } from "../protocol/subjects.ts";
import { Waiting } from "../send/waiting.ts";
import { longestTimer } from "../util/duration.ts";
import { EventPositions } from "./event-positions.ts";
import { Handover } from "./handover.ts";
import type { Signal } from "./options.ts";
import { outcomeOfMessage, type Outcome } from "./result.ts";
import type { Session } from "./session.ts";

/** A step of a message on a node. The steps on each node come in order. */
export type SentEvent = {
  readonly node: string;
  readonly address: Address;
  /** The number of the run. The first run has the number 1. 0 means that the message did not run. */
  readonly attempt: number;
  /** `events({ after })` with this cursor continues after this event, for all nodes. */
  readonly cursor: string;
} & (
  | {
      readonly kind: "started";
      /** The error of the attempt before, if that attempt had an error. */
      readonly after?: Ack["error"];
    }
  /** The attempt failed, and another attempt follows. */
  | { readonly kind: "retrying"; readonly error?: Ack["error"] }
  /** Output of the run. Each byte comes once, and in order. */
  | { readonly kind: "output"; readonly stream: OutputStream; readonly offset: number; readonly bytes: Uint8Array }
  /** The bytes from `from` up to `to` are lost. */
  | { readonly kind: "gap"; readonly stream: OutputStream; readonly from: number; readonly to: number }
  /** The daemon ended during the attempt, so the attempt may have written more than was received. */
  | { readonly kind: "cut" }
  | ({ readonly kind: "ended" } & Outcome)
);

export interface EventOptions extends Signal {
  /** Continues after the event with this cursor. */
  readonly after?: string | undefined;
}

type Sink = (event: SentEvent) => Promise<void> | void;

/**
 * Follows messages, and gives each step to `sink`. The caller waits for the messages, and passes their ACKs to the
 * returned object.
 */
export function followEvents(
  { broker }: Session,
  addresses: readonly Address[],
  sink: Sink,
  positions: EventPositions = new EventPositions(addresses),
): FollowedOutput {
  const take = (event: LiveEvent): Promise<void> | void => {
    const { address, attempt } = event;
    const made = { node: address.node, address, attempt, ...partOf(event) };
    // The cursor is made only when it is read, because it contains the position of every node, and few readers need it.
    const get = positions.advance(event);
    return sink(Object.defineProperty(made, "cursor", { get, enumerable: true }) as SentEvent);
  };
  return new FollowedOutput(broker, take, { everyStep: true, readUpTo: (address) => positions.of(address) });
}

/** The steps of messages, until all messages have ended or `ended` aborts. */
export async function* sentEvents(
  session: Session,
  addresses: readonly Address[],
  { after }: EventOptions,
  ended: AbortSignal,
): AsyncGenerator<SentEvent> {
  const positions = new EventPositions(addresses, after);
  const open = addresses.filter((address) => !positions.hasEnded(address));
  using events = new Handover<SentEvent>();
  using live = followEvents(session, open, (event) => events.push(event), positions);
  using waiting = new Waiting(session.broker, open, { known: true, live, signal: ended });
  waiting.listen();
  waiting.settled(longestTimer).then(
    () => events.end(),
    (error: unknown) => events.end(error),
  );
  yield* events;
}

/** The fields of an event, without its address and attempt. */
function partOf(event: LiveEvent): object {
  switch (event.kind) {
    case "attempt":
      return { kind: "started", ...(event.after && { after: event.after }) };
    case "ended":
      return { kind: "ended", ...outcomeOfMessage(event) };
    case "output":
    case "gap":
    case "cut":
    case "retrying":
    default: {
      const { address: _address, attempt: _attempt, ...part } = event;
      return part;
    }
  }
}
