/** The exports for other programs: the client, the formats of messages and ACKs, and the type of a handler. */
import type { ConnectOptions, Steward } from "./client.ts";

export type { ConnectOptions, Steward } from "./client.ts";
export type { CancelOptions, CancelResult } from "./client/cancel.ts";
export type { RunOptions, SendOptions } from "./client/deliver.ts";
export type { Draft, Names, NarrowedTargets, Prepared, Sendable, Targets } from "./client/draft.ts";
export type { EventOptions, SentEvent } from "./client/events.ts";
export type { Filter } from "./client/filter.ts";
export type { BrokerOptions, TlsOptions } from "./client/find-broker.ts";
export type { GroupResult, RemoveFromGroupOptions } from "./client/groups.ts";
export type { LinesDraft, LinesOptions, LinesSent } from "./client/lines.ts";
export type { AckEvent, ErrorsFilter, Happenings, LogFilter } from "./client/log.ts";
export type { ControlOptions, DaemonVerb, Lane, LaneVerb } from "./client/lanes.ts";
export type { Node } from "./client/nodes.ts";
export type { Signal, Until } from "./client/options.ts";
export type { QueueFilter, QueueLengths } from "./client/queue.ts";
export type { ReplayTargets } from "./client/replay.ts";
export type { Outcome, Result } from "./client/result.ts";
export type { RetireOptions } from "./client/retire.ts";
export type {
  RemovalResult,
  RemoveOptions,
  Rule,
  RulePlan,
  Schedule,
  Scheduled,
  ScheduleOptions,
} from "./client/schedules.ts";
export type { AttachOptions, DoneOptions, Sent, UnseenNode } from "./client/sent.ts";
export type { Groups, Schedules } from "./client/steward.ts";
export type { ConnectionEvents } from "./broker/connection/broker.ts";
export type { AckHead } from "./broker/read/ack-heads.ts";
export type { Firing, StoredSchedule } from "./broker/read/schedules.ts";
export type { Cancellation } from "./operate/cancel-on-node.ts";
export type { Forgotten, Traces } from "./operate/forget.ts";
export type { GroupChange } from "./operate/groups.ts";
export type { Removal } from "./operate/schedule.ts";
export type { LaneReport } from "./protocol/control.ts";
export type { LaneHold } from "./protocol/lane-hold.ts";
export type { LaneBeat, Presence, ProcessIdentity } from "./protocol/presence.ts";
export type { Rule as StoredRule } from "./protocol/schedule.ts";
export type { Trouble } from "./protocol/trouble.ts";
export type { Outcome as NodeStanding, Summary } from "./send/outcome.ts";
export type { LinesResult } from "./send/send-lines.ts";
export type { Targets as ResolvedTargets } from "./send/targets.ts";
export type { ErrorEntry } from "./state/errors.ts";
export type { HistoryEntry } from "./state/history.ts";
export type { NodeLanes } from "./state/lanes.ts";
export type { LastFailure, NodePage } from "./state/node-page.ts";
export type { HeldLane, LaneState, NodeInfo, NodeState } from "./state/nodes.ts";
export type { Place } from "./state/places.ts";
export type { QueueLength } from "./state/queue-lengths.ts";
export type { QueuedMessage, QueuePart } from "./state/queue.ts";
export type { ScheduleState } from "./state/schedules.ts";
export type { Standing } from "./state/standing.ts";
export type { MessageStatus } from "./state/status.ts";
export type { Happening } from "./state/watch.ts";
export type { Whereabouts } from "./state/whereabouts.ts";
export type { Duration } from "./util/duration.ts";
export {
  ackSchema,
  finalStates,
  isFinal,
  knownStates,
  outputStreams,
  parseAck,
  type Ack,
  type Cancelled,
  type FinalState,
  type KnownState,
  type Output,
  type OutputStream,
  type State,
  type Truncation,
  type Unlisted,
} from "./protocol/ack.ts";
export { parseDraft, type Draft as ParsedDraft } from "./protocol/draft.ts";
export {
  errorMeanings,
  StewardError,
  type About,
  type ErrorCode,
  type StewardErrorOptions,
} from "./protocol/errors.ts";
export { maxDataBytes, messageSchema, type Message, type MessageOptions } from "./protocol/message.ts";
export {
  ackedFilter,
  ackFilter,
  ackSubject,
  messageSubject,
  type Address,
  type MessageType,
  type Tokens,
} from "./protocol/subjects.ts";
export type { Ending } from "./protocol/targets.ts";
export {
  defineHandler,
  RunError,
  TerminalError,
  type Handler,
  type HandlerDefinition,
  type DataSchema,
  type LiveWriter,
  type RunContext,
  type RunResult,
} from "./handlers/define.ts";

/**
 * Connects to a fleet. All calls of the client share one connection. A lost connection is made again each time. `close`
 * ends the connection. The first call of `connect` loads the code of the client. A handler that imports only the other
 * exports does not load this code.
 * @throws StewardError brokerUnreachable, brokerRefused, brokerTooOld, jetStreamOff, badSettings, fileUnreadable, usage
 */
export async function connect(options: ConnectOptions = {}): Promise<Steward> {
  const client = await import("./client.ts");
  return client.connect(options);
}
