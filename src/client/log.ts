import type { KnownState } from "../protocol/ack.ts";
import type { MessageType } from "../protocol/subjects.ts";
import { followErrors, readErrors, type ErrorEntry } from "../state/errors.ts";
import type { Feed } from "../state/feed.ts";
import { readHistory, type LogEntry } from "../state/history.ts";
import { watch as listen, type Happening } from "../state/watch.ts";
import { onAbort } from "../util/on-abort.ts";
import type { Duration } from "../util/duration.ts";
import { momentOf, selectionOf, type Filter } from "./filter.ts";
import { outcomeOfAck, type Outcome } from "./result.ts";
import type { Session } from "./session.ts";

/** Selects ACKs of the log. Default: all ACKs. */
export interface LogFilter extends Filter {
  /** Only ACKs with these states. */
  readonly states?: readonly KnownState[] | undefined;
  /** Only ACKs of messages of this sender. Only final ACKs contain the sender, so other ACKs are left out. */
  readonly from?: string | undefined;
  /** Only ACKs since this date, or within this duration before now. */
  readonly since?: Duration | Date | undefined;
  readonly until?: Duration | Date | undefined;
  /** At most this number of ACKs, the latest ones. */
  readonly last?: number | undefined;
  /** Continues after the ACK with this cursor. */
  readonly after?: string | undefined;
  /**
   * Continues with new ACKs, also after a lost connection. Without `follow`, the reading ends after the stored ACKs.
   */
  readonly follow?: boolean | undefined;
}

/** An ACK in the log. An ACK records a step of a message, or the end of the message. */
export interface AckEvent extends Outcome {
  readonly id: string;
  readonly type: MessageType;
  readonly subject: string;
  /** The sender. Only a final ACK contains it. */
  readonly from: string | undefined;
  /** The time at which the broker stored the ACK. */
  readonly at: Date;
  /** `log({ after })` with this cursor continues after this ACK. */
  readonly cursor: string;
  readonly ack: NonNullable<Outcome["ack"]>;
}

/**
 * The log of all messages. With `follow`, the log continues with new ACKs.
 * @throws StewardError usage, badName, streamsMissing
 */
export function log(session: Session, filter: LogFilter = {}): AsyncIterable<AckEvent> {
  return session.read(filter, async function* (ended) {
    const { states, from, last, after, follow } = filter;
    const [since, until] = [momentOf(filter.since, "since"), momentOf(filter.until, "until")];
    const selection = await selectionOf(session, filter);
    const options = { ...selection, states, from, last, after, follow, since, until, signal: ended };
    for await (const entry of readHistory(session.broker, options)) yield ackEventOf(entry);
  });
}

function ackEventOf({ ack, storedAt, cursor }: LogEntry): AckEvent {
  const { id, messageType, subject, message } = ack;
  const at = new Date(storedAt);
  return { ...outcomeOfAck(ack), id, type: messageType, subject, from: message?.from, at, cursor, ack };
}

export interface ErrorsFilter extends Filter, Pick<LogFilter, "since" | "last" | "follow"> {}

/** The messages that failed, were rejected, were interrupted or expired, and the lanes that are quarantined now. */
export function errors(session: Session, filter: ErrorsFilter = {}): AsyncIterable<ErrorEntry> {
  return session.read(filter, async function* (ended) {
    const [since, { last }] = [momentOf(filter.since, "since"), filter];
    const options = { ...(await selectionOf(session, filter)), since, last, signal: ended };
    yield* (filter.follow === true ? followErrors : readErrors)(session.broker, options);
  });
}

/**
 * Messages, schedules and ACKs as they happen. They are not read from the log, so those that come while the connection
 * is lost are missing.
 */
export interface Happenings extends AsyncIterable<Happening> {
  /** The number of items that were dropped so far, because the reader was too slow. */
  readonly dropped: number;
}

/**
 * Listens to messages and ACKs. Resolves when it listens. The listening ends when `signal` aborts, when the loop over
 * the items ends, or when the client is closed.
 */
export async function watch(session: Session, filter: Filter = {}): Promise<Happenings> {
  const over = new AbortController();
  const forget = onAbort(filter.signal, () => over.abort());
  const end = (): void => {
    forget();
    over.abort();
  };
  let feed: Feed<Happening>;
  try {
    feed = await session.run(filter, async () => {
      return listen(session.broker, await selectionOf(session, filter), over.signal);
    });
  } catch (error) {
    end();
    throw error;
  }
  const happenings = session.read(filter, async function* () {
    try {
      yield* feed;
    } finally {
      end();
    }
  });
  return {
    get dropped(): number {
      return feed.dropped;
    },
    [Symbol.asyncIterator]: () => happenings,
  };
}
