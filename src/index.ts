/** What other programs may use: the client, the formats of messages and ACKs, and the type of a handler. */
import type { ConnectOptions, Steward } from "./client.ts";

export type { ConnectOptions, Steward } from "./client.ts";
export type { CancelOptions, CancelResult } from "./client/cancel.ts";
export type { RunOptions, SendOptions } from "./client/deliver.ts";
export type { Draft, Names, NarrowedTargets, Prepared, Sendable, Targets } from "./client/draft.ts";
export type { EventOptions, SentEvent } from "./client/events.ts";
export type { BrokerOptions, TlsOptions } from "./client/find-broker.ts";
export type { Signal, Until } from "./client/options.ts";
export type { Outcome, Result } from "./client/result.ts";
export type { DoneOptions, Sent, UnseenNode } from "./client/sent.ts";
export type { Cancellation } from "./operate/cancel-on-node.ts";
export type { Outcome as NodeStanding } from "./send/outcome.ts";
export type { Targets as ResolvedTargets } from "./send/targets.ts";
export type { Standing } from "./state/standing.ts";
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
export { errorMeanings, StewardError, type ErrorCode, type StewardErrorOptions } from "./protocol/errors.ts";
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
 * Connects to a fleet. The connection is shared by all that is done with the client, and it is made again as often as it
 * is lost; `close` ends it. What it takes is loaded by the first call: handlers, which import the rest, do without.
 * @throws StewardError brokerUnreachable, brokerRefused, brokerTooOld, jetStreamOff, badSettings, fileUnreadable, usage
 */
export async function connect(options: ConnectOptions = {}): Promise<Steward> {
  const client = await import("./client.ts");
  return client.connect(options);
}
