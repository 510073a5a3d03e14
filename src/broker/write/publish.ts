import type { ApiError } from "@nats-io/jetstream";
import { errors, headers, type MsgHdrs } from "nats";
import { messageOf } from "../../protocol/errors.ts";
import type { Broker } from "../connection/broker.ts";
import { isDenied } from "../connection/denied.ts";
import { refusalIn } from "../connection/packages.ts";
import { serverCodes } from "../connection/server-codes.ts";

export interface Stored {
  readonly kind: "stored";
  readonly sequence: number;
  readonly duplicate: boolean;
}

export interface Refused {
  readonly kind: "refused";
  readonly code: number;
  readonly reason: string;
}

/**
 * The broker may have stored the write, or may still store it, or may never store it. Only a repeat of the same write
 * shows which of these happened.
 */
export interface Unknown {
  readonly kind: "unknown";
  readonly reason: string;
  /** True if no stream listens on the subject now. */
  readonly nobodyListens?: boolean;
}

/** The result of one publish into a stream. */
export type PublishResult = Stored | Refused | Unknown;

/**
 * The error codes after which it is unknown whether the write is or will be stored. Either the cluster is still
 * handling a write with the same id or subject, or too many writes wait at the stream.
 */
const undecided: ReadonlySet<number> = new Set([
  serverCodes.messageIdInProcess,
  serverCodes.sequenceInFlight,
  serverCodes.tooManyRequests,
]);

interface PubAck {
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: ApiError;
}

/** Publishes once into a stream, and returns the broker's answer. Throws only if the connection is closed. */
export async function publishOnce(
  broker: Broker,
  subject: string,
  payload: Uint8Array | string,
  header: Readonly<Record<string, string>> | MsgHdrs,
  timeoutMs: number = 5000,
): Promise<PublishResult> {
  try {
    const made = isMade(header) ? header : headersOf(header);
    const reply = await broker.request(subject, payload, { headers: made, timeout: timeoutMs });
    return readPubAck(reply.data.length === 0 ? {} : reply.json());
  } catch (error) {
    return afterFailure(broker, error);
  }
}

/** The result of a write that failed with `error`. Throws only if the connection is closed. */
export function afterFailure(broker: Broker, error: unknown): Refused | Unknown {
  const refusal = refusalIn(error);
  if (refusal !== undefined) return afterRefusal(refusal);
  if (broker.nc.isClosed()) throw error;
  const isRefused = error instanceof errors.InvalidArgumentError || isDenied(error);
  return isRefused
    ? { kind: "refused", code: 0, reason: messageOf(error) }
    : { kind: "unknown", reason: messageOf(error), nobodyListens: isUnheard(error) };
}

function isUnheard(error: unknown): boolean {
  return error instanceof errors.RequestError && error.isNoResponders();
}

function isMade(header: Readonly<Record<string, string>> | MsgHdrs): header is MsgHdrs {
  return typeof header["append"] === "function";
}

export function headersOf(entries: Readonly<Record<string, string>>): MsgHdrs {
  const made = headers();
  for (const [name, value] of Object.entries(entries)) made.set(name, value);
  return made;
}

/** Reads the broker's answer to a publish, or to the commit of a batch. */
function readPubAck({ seq, duplicate, error }: PubAck): PublishResult {
  if (error !== undefined) return afterRefusal(error);
  if (seq === undefined) return { kind: "unknown", reason: "the answer names no sequence" };
  return { kind: "stored", sequence: seq, duplicate: duplicate === true };
}

function afterRefusal(error: ApiError): Refused | Unknown {
  const passing = error.code === 503 && !isFull(error);
  if (passing || undecided.has(error.err_code)) return { kind: "unknown", reason: error.description };
  return { kind: "refused", code: error.err_code, reason: error.description };
}

/**
 * True if a limit of the stream, of the account or of the store is reached. A repeat of the write fails until somebody
 * makes room.
 */
function isFull({ err_code, description }: ApiError): boolean {
  if (err_code === serverCodes.storeFailed) return description.includes("exceeded");
  return err_code === serverCodes.insufficientResources || err_code === serverCodes.insufficientStorage;
}

/**
 * Publishes until the outcome is known. Only `signal` ends the repeats early; the function then rejects with the
 * signal's reason.
 */
export async function publishUntilKnown(
  broker: Broker,
  subject: string,
  payload: Uint8Array | string,
  header: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Stored | Refused> {
  return untilKnown(broker, (timeoutMs) => publishOnce(broker, subject, payload, header, timeoutMs), signal);
}

/**
 * Repeats a write until its outcome is known. Only `signal` ends the repeats early; the function then rejects with the
 * signal's reason.
 */
export async function untilKnown<T extends { readonly kind: "stored" | "refused" }>(
  broker: Broker,
  write: (timeoutMs: number) => Promise<T | Unknown>,
  signal?: AbortSignal,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    signal?.throwIfAborted();
    // On a slow link, a large payload needs a longer timeout. With a short timeout, each repeat would only delay the
    // next one.
    const result = await write(Math.min(5000 * 2 ** tries, 20_000));
    if (result.kind !== "unknown") return result;
    await broker.backOff(tries, signal);
  }
}
