import { StewardError } from "../../protocol/errors.ts";

/** The server's error codes that Steward's decisions depend on. */
export const serverCodes = {
  noSuitablePeers: 10005,
  noLeader: 10008,
  consumerNotFound: 10014,
  insufficientResources: 10023,
  consumersLimit: 10026,
  streamsLimit: 10027,
  noMessageFound: 10037,
  sequenceNotFound: 10043,
  insufficientStorage: 10047,
  deleteFailed: 10057,
  nameTaken: 10058,
  streamNotFound: 10059,
  wrongLastSequence: 10071,
  notClustered: 10074,
  storeFailed: 10077,
  consumerOffline: 10119,
  replicasMustMatch: 10134,
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

/** The status codes of messages from the server itself. */
export const statusCodes = {
  heartbeat: 100,
  endOfBatch: 204,
  nothingThere: 404,
  requestExpired: 408,
  nobodyListens: 503,
} as const;

/** The error for a missing stream. The namespace was never set up, or its streams were removed. */
export function streamsMissing(stream: string): StewardError {
  return new StewardError("streamsMissing", `there is no stream ${stream}; create it with \`steward init\``);
}
