/** What other programs may use: Steward's formats, to read and write them, and the type of a handler. */
export {
  isFinal,
  parseAck,
  ackSchema,
  finalStates,
  knownStates,
  type Ack,
  type FinalState,
  type Output,
  type State,
} from "./protocol/ack.ts";
export { parseDraft, type Draft } from "./protocol/draft.ts";
export { errorMeanings, StewardError, type ErrorCode } from "./protocol/errors.ts";
export { maxDataBytes, messageSchema, type Message, type MessageOptions } from "./protocol/message.ts";
export {
  ackedFilter,
  ackFilter,
  ackSubject,
  messageSubject,
  type Address,
  type MessageType,
} from "./protocol/subjects.ts";
export {
  defineHandler,
  RunError,
  TerminalError,
  type Handler,
  type HandlerDefinition,
  type RunContext,
  type RunResult,
} from "./handlers/define.ts";
