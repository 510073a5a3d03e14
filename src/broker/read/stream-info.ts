import type { ApiError } from "@nats-io/jetstream";
import { StewardError } from "../../protocol/errors.ts";
import { askApi, refusedBy } from "../connection/api.ts";
import type { Broker } from "../connection/broker.ts";

export interface StreamInfo {
  readonly state?: {
    readonly subjects?: Readonly<Record<string, number>>;
    readonly messages?: number;
    readonly first_seq?: number;
    readonly last_seq?: number;
  };
  /** The sources of a stream that copies from other streams, with the progress of the copying. */
  readonly sources?: readonly { readonly name: string; readonly seq?: number }[];
  readonly config?: { readonly max_age?: number; readonly republish?: { readonly dest?: string } };
  readonly created?: string;
  /** The time of the answer, by the broker's clock. */
  readonly ts?: string;
  readonly total?: number;
  readonly error?: ApiError;
}

/**
 * A stream's state, from the stream's leader. The state has the subjects that match `filter`, and the number of
 * messages on each subject.
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
  throw refusedBy(stream, info.error, `the broker does not show the state of ${stream}`);
}

/**
 * Resolves to the state of a stream when the stream exists and the broker answers. If a wait is necessary, `onWait` is
 * called once, with one line of text. Only `signal` ends the wait early; the function then rejects with the signal's
 * reason.
 */
export async function streamInfoOnceThere(
  broker: Broker,
  stream: string,
  onWait: (reason: string) => void,
  signal: AbortSignal,
): Promise<StreamInfo> {
  for (let tries = 0; ; tries++) {
    try {
      return await broker.untilAnswered(() => streamInfo(broker, stream), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof StewardError)) throw error;
      if (tries === 0) onWait(error.message);
      await broker.backOff(tries, signal);
    }
  }
}

/**
 * The subjects in a stream that match a filter, and the number of messages on each subject. They are read from the
 * stream's leader, page by page.
 */
export async function subjectsIn(broker: Broker, stream: string, filter: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const page of subjectPages(broker, stream, filter)) {
    for (const [subject, count] of page) found.set(subject, count);
  }
  return found;
}

/** The subjects in a stream that match a filter, and the number of messages on each subject, page by page. */
export async function* subjectPages(
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
