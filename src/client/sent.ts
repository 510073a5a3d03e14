import { lastAckOnLeader } from "../broker/read/acked.ts";
import { StewardError } from "../protocol/errors.ts";
import type { Message } from "../protocol/message.ts";
import { idFault, type Address } from "../protocol/subjects.ts";
import type { Outcome as MessageOutcome } from "../send/outcome.ts";
import { Waiting } from "../send/waiting.ts";
import { addressesOf } from "../state/places.ts";
import { inParallel } from "../util/in-parallel.ts";
import type { CancelOptions, CancelResult } from "./cancel.ts";
import { assertNodeName } from "./draft.ts";
import type * as Events from "./events.ts";
import type { EventOptions, SentEvent } from "./events.ts";
import { waitOf, type Signal, type Until } from "./options.ts";
import { resultOf, type Result } from "./result.ts";
import type { Session } from "./session.ts";

const requestsAtOnce = 100;

/** A message that is stored for its nodes. The object holds no resources. Each call reads the current state. */
export interface Sent {
  readonly id: string;
  readonly nodes: readonly string[];
  /**
   * The addresses of the message. A node usually has one address. A node has several addresses if the id was used with
   * several subjects.
   */
  readonly addresses: readonly Address[];
  /** `before`: messages with this id were already stored for all nodes, so nothing was stored now. */
  readonly stored: "now" | "before";
  /**
   * Nodes on which no daemon ever ran. The names of these nodes may be misspelt. Messages for these nodes are stored
   * too.
   */
  readonly unseen: readonly UnseenNode[];
  /**
   * Waits until the message has ended on all nodes, or until the wait is over. If the message fails on a node, the
   * promise still resolves: `ok` of the result is false, and `outcomes` says what happened.
   */
  done(until: DoneOptions): Promise<Result>;
  /**
   * The steps of the message on its nodes, from the start or after a cursor. Ends when the message has ended on all
   * nodes.
   */
  events(options?: EventOptions): AsyncIterable<SentEvent>;
  /** The current state. @throws StewardError brokerUnreachable, closed; the reason of `signal` */
  status(options?: Signal): Promise<Result>;
  /**
   * Cancels the message, whether it is queued or running. `ok` of the result is true if the message is cancelled on all
   * nodes.
   */
  cancel(options?: CancelOptions): Promise<CancelResult>;
}

/** A node that was never seen, and a known node with a similar name. */
export interface UnseenNode {
  readonly node: string;
  readonly meant?: string | undefined;
}

/** Unseen nodes from their names. `meant` has the most similar known name for those that have one. */
export function unseenNodes(names: readonly string[], meant: ReadonlyMap<string, string>): UnseenNode[] {
  return names.map((node) => ({ node, meant: meant.get(node) }));
}

export interface DoneOptions extends Until {
  /**
   * Called with each step. The next step waits for the returned promise. The wait ends only after the last call of
   * `onEvent`.
   */
  readonly onEvent?: ((event: SentEvent) => Promise<void> | void) | undefined;
  /**
   * Called when the wait begins, with a function that returns the current standings. The function that `onWaiting`
   * returns is called at the end of the wait.
   */
  readonly onWaiting?: ((standings: () => readonly MessageOutcome[]) => () => void) | undefined;
}

/** The address for each node, with the options that matter for the standing of a message. */
export type SentMessage = Address & Partial<Pick<Message, "expires" | "delivery">>;

export interface SentFacts extends Pick<Sent, "stored" | "unseen"> {
  /** Set if the caller selected only one node. Undefined for all nodes of the message. */
  readonly only?: string | undefined;
}

/** A `Sent` for stored messages with one id. */
export function sentOf(session: Session, messages: readonly SentMessage[], { stored, unseen, only }: SentFacts): Sent {
  const id = messages[0]?.id ?? "";
  const addresses = messages.map(({ node, messageType, subject }) => ({ node, messageType, subject, id }));
  return {
    id,
    nodes: [...new Set(addresses.map(({ node }) => node))],
    addresses,
    stored,
    unseen,
    // A JavaScript program may leave out the options.
    done: (until) => doneOn(session, addresses, { ...until }),
    events: (options = {}) =>
      session.read(options, async function* (ended) {
        const { sentEvents } = await loadEvents();
        yield* sentEvents(session, addresses, options, ended);
      }),
    status: (options = {}) => statusOn(session, addresses, options),
    cancel: async (options = {}) => {
      const { cancelOf } = await import("./cancel.ts");
      return cancelOf(session, id, { ...options, nodes: options.nodes ?? only });
    },
  };
}

export interface AttachOptions extends Signal {
  /** Only the message on this node. Default: on all nodes to which the message was sent. */
  readonly node?: string | undefined;
}

/** @throws StewardError notFound, badName */
export function attach(session: Session, id: string, { node, ...options }: AttachOptions = {}): Promise<Sent> {
  return session.run(options, async () => {
    const fault = idFault(id);
    if (fault !== undefined) throw new StewardError("badName", fault);
    if (node !== undefined) assertNodeName(node);
    const addresses = await addressesOf(session.broker, id, node);
    return sentOf(session, addresses, { stored: "before", unseen: [], only: node });
  });
}

/** Waits for messages that were sent before. @throws StewardError usage, closed; the reason of `signal` */
async function doneOn(session: Session, addresses: readonly Address[], until: DoneOptions): Promise<Result> {
  const { wait, onEvent, onWaiting } = until;
  const waitMs = waitOf(wait);
  return session.run(until, async (signal) => {
    using live = onEvent && (await loadEvents()).followEvents(session, addresses, onEvent);
    using waiting = new Waiting(session.broker, addresses, { known: true, live, signal, onWaiting });
    waiting.listen();
    return resultOf(await waiting.settled(waitMs));
  });
}

/**
 * Reads the current state. If the broker does not answer, this call rejects. A wait would resolve to the result so far.
 */
function statusOn(session: Session, addresses: readonly Address[], options: Signal): Promise<Result> {
  const { broker } = session;
  return session.run(options, async () => {
    const { readStandings } = await import("../state/read-standings.ts");
    const asked = await inParallel(addresses, requestsAtOnce, async (address) => {
      const last = await lastAckOnLeader(broker, address);
      return { address, ack: last?.ack };
    });
    return resultOf(await readStandings(broker, asked));
  });
}

/**
 * This import must not be in a function with `using`. In such a function, TypeScript does not replace `.ts` in the
 * path, and the package contains no `.ts` files.
 */
export const loadEvents = (): Promise<typeof Events> => import("./events.ts");
