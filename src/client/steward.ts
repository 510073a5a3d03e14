import type { Readable } from "node:stream";
import type { ConnectionEvents } from "../broker/connection/broker.ts";
import type { Forgotten, Traces } from "../operate/forget.ts";
import type { GroupChange } from "../operate/groups.ts";
import type { Address } from "../protocol/subjects.ts";
import type { ErrorEntry } from "../state/errors.ts";
import type { NodeLanes } from "../state/lanes.ts";
import type { NodePage } from "../state/node-page.ts";
import type { Place } from "../state/places.ts";
import type { QueuePart } from "../state/queue.ts";
import type { MessageStatus } from "../state/status.ts";
import type { Whereabouts } from "../state/whereabouts.ts";
import type { RunOptions, SendOptions } from "./deliver.ts";
import type { Draft, Prepared, Resolved, Sendable, Targets } from "./draft.ts";
import type { Filter } from "./filter.ts";
import type { GroupResult, RemoveFromGroupOptions } from "./groups.ts";
import type { ControlOptions, DaemonVerb, Lane, LaneVerb } from "./lanes.ts";
import type { LinesDraft, LinesOptions, LinesSent } from "./lines.ts";
import type { AckEvent, ErrorsFilter, Happenings, LogFilter } from "./log.ts";
import type { Node } from "./nodes.ts";
import type { Signal } from "./options.ts";
import type { QueueFilter, QueueLengths } from "./queue.ts";
import type { ReplayTargets } from "./replay.ts";
import type { Result } from "./result.ts";
import type { RetireOptions } from "./retire.ts";
import type { RemovalResult, RemoveOptions, Rule, RulePlan, Schedule, ScheduleOptions } from "./schedules.ts";
import type { AttachOptions, Sent } from "./sent.ts";

/**
 * A fleet, for programs. A failure on a node is a state in the result. A call that cannot be done rejects with a
 * `StewardError`.
 */
export interface Steward extends AsyncDisposable {
  /** The default name of the sender. A message or a call may set another name. */
  readonly from: string;

  /**
   * Sends a message. Resolves when the message is stored for all of its nodes.
   * @throws StewardError notStored, noMatch, badMessage, badName, tooLarge; unconfirmed if it is unknown whether the
   * message is stored: send the message again with the `id` of the error
   */
  send(what: Draft | Prepared, options?: SendOptions): Promise<Sent>;
  /**
   * Like `send`, for several messages, in order. They are stored in batches of at most 1,000 messages and 8 MiB; a
   * draft for 20 nodes is 20 messages. A batch is stored completely or not at all. There is one exception: if the
   * broker already knows a message of the batch, or refuses the batch as incomplete three times, its messages are
   * stored one by one.
   */
  sendAll(what: readonly Draft[] | Prepared, options?: SendOptions): Promise<readonly Sent[]>;
  /** Sends and waits in one call, like `send` and then `done`, with one round trip less. */
  run(what: Sendable, options: RunOptions): Promise<Result>;
  /** Prepares messages and finds their nodes, but stores nothing. The result can be sent. */
  prepare(what: Sendable, options?: Signal): Promise<Prepared>;
  /** Sends a message of the log again, under a new id. @throws StewardError notFound, and as `send` */
  replay(id: string, options?: ReplayTargets & SendOptions): Promise<Sent>;
  prepareReplay(id: string, options?: ReplayTargets): Promise<Prepared>;
  /** Sends the lines of a text as events, in blocks. */
  forward(input: Readable, draft: LinesDraft, options?: LinesOptions): Promise<LinesSent>;
  /** Finds a message that was sent before, perhaps by another program. @throws StewardError notFound */
  attach(id: string, options?: AttachOptions): Promise<Sent>;

  /** The known nodes, sorted by name. */
  nodes(targets?: Targets, options?: Signal): Promise<readonly Node[]>;
  /** All known data about one node. @throws StewardError neverSeen */
  node(name: string, options?: Signal): Promise<NodePage>;
  /** Yields when the state of a node may have changed. */
  nodeChanges(options?: Signal): AsyncIterable<void>;
  /** The nodes of a selection. @throws StewardError noMatch, badName, notFound */
  resolve(targets: Targets, options?: Signal): Promise<Resolved>;

  /** The log of ACKs. With `follow`, the log continues with new ACKs. */
  log(filter?: LogFilter): AsyncIterable<AckEvent>;
  /** Messages that did not succeed, and quarantined lanes. */
  errors(filter?: ErrorsFilter): AsyncIterable<ErrorEntry>;
  /** Messages and ACKs as they happen. Resolves when it listens. */
  watch(filter?: Filter): Promise<Happenings>;
  /** The messages in the queue, oldest first: waiting, running, or ended and not yet removed. */
  queue(filter?: QueueFilter): Promise<QueuePart>;
  queueLengths(filter?: Filter): Promise<QueueLengths>;
  /** The nodes and lanes of a message. @throws StewardError notFound */
  places(id: string, options?: Signal): Promise<readonly Place[]>;
  /** Every step of a message, on each node. */
  trace(message: string | readonly Place[], options?: Signal): AsyncIterable<MessageStatus>;
  /** The data of the broker about the node of a message. */
  whereabouts(address: Address, options?: Signal): Promise<Whereabouts>;

  readonly schedules: Schedules;
  readonly groups: Groups;

  /** The lanes of a node that are held, or that have waiting or running messages. @throws StewardError neverSeen */
  lanes(node: string, options?: Signal): Promise<readonly Lane[]>;
  /** Pauses, resumes or restarts a lane. @throws StewardError refused, nodeDown, nodeSilent */
  lane(node: string, lane: string, verb: LaneVerb, options?: ControlOptions): Promise<void>;
  /** The state of a node's daemon (up, draining) and the lanes of the node. */
  daemon(node: string, options?: Signal): Promise<NodeLanes>;
  /** Drains, resumes or stops a node's daemon. */
  control(node: string, verb: DaemonVerb, options?: ControlOptions): Promise<void>;
  /** All data that `retire` would remove. @throws StewardError nodeUp, neverSeen */
  traces(node: string, options?: Signal): Promise<Traces>;
  /**
   * Cancels the queued messages of a node that is down, and removes the node, but not its log.
   * @throws StewardError nodeUp, neverSeen
   */
  retire(node: string, options?: RetireOptions): Promise<Forgotten>;

  /**
   * Calls the functions in `events` when the connection is lost and when the connection is back. The returned function
   * ends these calls.
   */
  onConnection(events: ConnectionEvents): () => void;
  /** Ends all waits and the connection, as `await using` does. Sent messages stay sent. */
  close(): Promise<void>;
}

/** Messages that the broker sends at set times. */
export interface Schedules {
  /**
   * Stores a schedule, or replaces the schedule with the same id. Resolves to the id.
   * @throws StewardError usage, and as `send`
   */
  put(what: Draft | Prepared, rule: Rule, options?: ScheduleOptions): Promise<string>;
  /** The next time at which a rule would fire. @throws StewardError usage */
  plan(rule: Rule, options?: Signal): Promise<RulePlan>;
  list(
    options?: Signal & { readonly id?: string | undefined; readonly node?: string | undefined },
  ): Promise<readonly Schedule[]>;
  /** Removes a schedule, and cancels its waiting firings. @throws StewardError notFound */
  remove(id: string, options?: RemoveOptions): Promise<RemovalResult>;
}

/** Groups of nodes. In a selection of nodes, `@name` means all nodes of the group. */
export interface Groups {
  set(name: string, nodes: Targets, options?: Signal): Promise<GroupResult>;
  add(name: string, nodes: Targets, options?: Signal): Promise<GroupResult>;
  list(options?: Signal): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Removes a group, or only some nodes of it. */
  remove(name: string, options?: RemoveFromGroupOptions): Promise<GroupChange>;
}
