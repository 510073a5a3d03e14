import { StewardError } from "../../protocol/errors.ts";
import { askApi, refusedBy, type ApiError } from "../connection/api.ts";
import type { Broker } from "../connection/broker.ts";
import { firstFrom, type Stored } from "./direct-get.ts";

export interface StreamInfo {
  readonly state?: {
    readonly subjects?: Readonly<Record<string, number>>;
    readonly messages?: number;
    readonly first_seq?: number;
    readonly last_seq?: number;
  };
  /** How far a stream has come that takes in others. */
  readonly sources?: readonly { readonly name: string; readonly seq?: number }[];
  readonly config?: { readonly max_age?: number };
  readonly created?: string;
  /** The broker's clock. */
  readonly ts?: string;
  readonly total?: number;
  readonly error?: ApiError;
}

/**
 * A stream's state from its leader, with the subjects that match `filter` and how many messages each holds.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function streamInfo(
  broker: Broker,
  stream: string,
  filter?: string,
  offset: number = 0,
): Promise<StreamInfo> {
  const body = filter === undefined ? "" : JSON.stringify({ subjects_filter: filter, offset });
  const info = await askApi<StreamInfo>(broker, `$JS.API.STREAM.INFO.${stream}`, body);
  if (info.error === undefined) return info;
  throw refusedBy(stream, info.error, `the broker does not tell of ${stream}`);
}

/**
 * The state of a stream, as soon as it is there and somebody answers; `tell` hears once, in one line, why it has to
 * wait. Ends early only by `signal`, with its reason.
 */
export async function streamInfoOnceThere(
  broker: Broker,
  stream: string,
  tell: (reason: string) => void,
  signal: AbortSignal,
): Promise<StreamInfo> {
  for (let tries = 0; ; tries++) {
    try {
      return await broker.untilAnswered(() => streamInfo(broker, stream), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof StewardError)) throw error;
      if (tries === 0) tell(error.message);
      await broker.backOff(tries, signal);
    }
  }
}

/** The subjects in the queue that match a filter, and how many messages each holds. */
export async function queuedSubjects(broker: Broker, filter: string): Promise<Map<string, number>> {
  return subjectsIn(broker, broker.names.messages, filter);
}

/** The subjects in a stream that match a filter, from the stream's leader, page by page. */
export async function subjectsIn(broker: Broker, stream: string, filter: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const page of subjectPages(broker, stream, filter)) {
    for (const [subject, count] of page) found.set(subject, count);
  }
  return found;
}

/**
 * How many messages the queue holds in each group of those that match a filter. However long the queue is, no more of
 * it than a page is held in memory.
 */
export async function countQueued(
  broker: Broker,
  filter: string,
  groupOf: (subject: string) => string,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const page of subjectPages(broker, broker.names.messages, filter)) {
    for (const [subject, count] of page) counts.set(groupOf(subject), (counts.get(groupOf(subject)) ?? 0) + count);
  }
  return counts;
}

async function* subjectPages(
  broker: Broker,
  stream: string,
  filter: string,
): AsyncGenerator<[subject: string, count: number][]> {
  for (let seen = 0, total = 1; seen < total;) {
    const info = await streamInfo(broker, stream, filter, seen);
    const page = Object.entries(info.state?.subjects ?? {});
    yield page;
    seen += page.length;
    total = page.length === 0 ? 0 : (info.total ?? 0);
  }
}

/** Takes all messages on a subject out of the queue. @throws StewardError brokerRefused */
export async function purgeQueued(broker: Broker, subject: string): Promise<void> {
  await purgeSubject(broker, broker.names.messages, subject);
}

/** Takes all messages on a subject out of a stream, or those before a sequence. @throws StewardError brokerRefused */
export async function purgeSubject(broker: Broker, stream: string, subject: string, before?: number): Promise<void> {
  const api = `$JS.API.STREAM.PURGE.${stream}`;
  const body = JSON.stringify({ filter: subject, seq: before });
  const { error } = await askApi<{ readonly error?: ApiError }>(broker, api, body);
  if (error === undefined) return;
  throw new StewardError("brokerRefused", `the broker does not take ${subject} out of ${stream}: ${error.description}`);
}

/** Reads a message of the queue again; undefined when it is gone. */
export async function readQueued(
  broker: Broker,
  place: Pick<Stored, "sequence" | "subject">,
  signal: AbortSignal,
): Promise<Stored | undefined> {
  const found = await firstQueued(broker, place, signal);
  return found?.sequence === place.sequence ? found : undefined;
}

/**
 * The first message on a subject of the queue at or behind a sequence. A replica that lags may not have it yet: there
 * is none when the stream's leader says that there is nothing.
 */
export async function firstQueued(
  broker: Broker,
  place: Pick<Stored, "sequence" | "subject">,
  signal: AbortSignal,
): Promise<Stored | undefined> {
  for (let tries = 0; ; tries++) {
    const found = await broker.untilAnswered(() => firstFrom(broker, broker.names.messages, place), signal);
    if (found !== undefined) return found;
    const there = await broker.untilAnswered(() => queuedSubjects(broker, place.subject), signal);
    if (there.size === 0) return undefined;
    await broker.backOff(tries, signal);
  }
}
