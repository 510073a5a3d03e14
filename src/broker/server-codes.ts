import { StewardError } from "../protocol/errors.ts";

/** The server's error codes that decide what happens next. */
export const serverCodes = {
  noLeader: 10008,
  consumerNotFound: 10014,
  insufficientResources: 10023,
  noMessageFound: 10037,
  insufficientStorage: 10047,
  streamNotFound: 10059,
  wrongLastSequence: 10071,
  storeFailed: 10077,
  consumerExists: 10148,
  messageIdInProcess: 10158,
  sequenceInFlight: 10164,
  tooManyRequests: 10167,
  batchIncomplete: 10176,
  badSchedule: 10189,
  batchHoldsKnownId: 10201,
  tooManyBatches: 10210,
  badTimeZone: 10223,
} as const;

/** A stream is not there: the namespace was never set up, or its streams were removed. */
export function streamsMissing(stream: string): StewardError {
  return new StewardError("streamsMissing", `there is no stream ${stream}; create it with \`steward init\``);
}
