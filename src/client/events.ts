import { FollowedOutput } from "../follow/followed-output.ts";
import type { LiveEvent } from "../follow/live-event.ts";
import type { Ack, OutputStream } from "../protocol/ack.ts";
import type { Address } from "../protocol/subjects.ts";
import { Waiting } from "../send/waiting.ts";
import { longestTimer } from "../util/duration.ts";
import { EventPositions } from "./event-positions.ts";
import { Handover } from "./handover.ts";
import type { Signal } from "./options.ts";
import { outcomeOfAck, type Outcome } from "./result.ts";
import type { Session } from "./session.ts";

/** Something that happens to a message on a node. Of each node the events come in their order. */
export type SentEvent = {
  readonly node: string;
  readonly address: Address;
  /** The run, from 1; 0 when nothing ran. */
  readonly attempt: number;
  /** Where `events({ after })` goes on behind this event, for all nodes. */
  readonly cursor: string;
} & (
  | {
      readonly kind: "started";
      /** How the attempt before it ended, if there was one. */
      readonly after?: Ack["error"];
    }
  /** The attempt failed, and another one follows. */
  | { readonly kind: "retrying"; readonly error?: Ack["error"] }
  /** What the run writes: each byte once, and in order. */
  | { readonly kind: "output"; readonly stream: OutputStream; readonly offset: number; readonly bytes: Uint8Array }
  /** The bytes from `from` up to `to` are lost. */
  | { readonly kind: "gap"; readonly stream: OutputStream; readonly from: number; readonly to: number }
  /** Perhaps the attempt wrote more: it ended with its daemon. */
  | { readonly kind: "cut" }
  | ({ readonly kind: "ended" } & Outcome)
);

export interface EventOptions extends Signal {
  /** Goes on behind the event that has this cursor. */
  readonly after?: string | undefined;
}

type Sink = (event: SentEvent) => Promise<void> | void;

/** Turns what is followed of messages into events. Whoever waits for the messages hands their ACKs to it. */
export function followEvents(
  { broker }: Session,
  addresses: readonly Address[],
  sink: Sink,
  positions: EventPositions = new EventPositions(addresses),
): FollowedOutput {
  const take = (event: LiveEvent): Promise<void> | void => {
    const { address, attempt } = event;
    const made = { node: address.node, address, attempt, ...partOf(event) };
    // Few look at it, and it says where every node is.
    const get = positions.advance(event);
    return sink(Object.defineProperty(made, "cursor", { get, enumerable: true }) as SentEvent);
  };
  return new FollowedOutput(broker, take, { everyStep: true, readUpTo: (address) => positions.of(address) });
}

/** The events of messages, until they have ended on all nodes or `ended` is aborted. */
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

/** What an event says beside its place. */
function partOf(event: LiveEvent): object {
  switch (event.kind) {
    case "attempt":
      return { kind: "started", ...(event.after && { after: event.after }) };
    case "ended":
      return { kind: "ended", ...outcomeOfAck(event.ack) };
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
