import { watch } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Logger } from "pino";
import { messageOf } from "../protocol/errors.ts";
import { type Attempt, createAttempt } from "./attempt.ts";
import type { ParsedEntry, WithId } from "./paste.ts";
import { concerns, findPlaces, type Places } from "./places.ts";
import { startRounds } from "./rounds.ts";
import { createSender } from "./sender.ts";
import { createTaker } from "./taker.ts";

export type { ParsedEntry, WithId } from "./paste.ts";

export interface InboxOptions<Message extends object> {
  /** A file, or a folder in which each file is a paste. A missing one is made: a folder where the path ends in a slash. */
  readonly path: string;
  /** Checks one element of a list. */
  readonly parse: (value: unknown) => ParsedEntry<Message>;
  /**
   * Resolves once the broker has stored all messages, in order, however long that takes. Rejects when `signal` aborts,
   * and with a StewardError when one of them can never be stored. It may be called again with the same ids.
   */
  readonly send: (messages: readonly WithId<Message>[], signal: AbortSignal) => Promise<void>;
  readonly log: Logger;
  /** For how many milliseconds a file must be unchanged before it is taken for finished; 1000 unless told. */
  readonly settleMs?: number;
}

export interface Inbox extends AsyncDisposable {
  /** Resolves when the inbox is watched, or once it was told why it cannot be yet. */
  readonly ready: Promise<void>;
  /** Ends the watching. What is not stored yet stays in the folder of what is taken, for the next life. */
  stop(): Promise<void>;
}

/**
 * Sends what people and programs write into a file. A paste is taken by a rename to `<name>.taking/<ulid>`, its messages
 * get the ids `<ulid>-<index>`, and it is deleted when all of it is stored; what cannot be sent goes to `<name>.rejected.txt`.
 * Never throws: what goes wrong is told in the log, once, and tried again.
 */
export function startInbox<Message extends object>(options: InboxOptions<Message>): Inbox {
  const stopping = new AbortController();
  let running = Promise.resolve();
  const ready = new Promise<void>((resolve) => {
    running = run(options, stopping.signal, resolve).finally(resolve);
  });
  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
  };
  return { ready, stop, [Symbol.asyncDispose]: stop };
}

async function run<Message extends object>(
  options: InboxOptions<Message>,
  signal: AbortSignal,
  onReady: () => void,
): Promise<void> {
  const { path, parse, send, log, settleMs = 1000 } = options;
  const attempt = createAttempt(log, signal);
  const places = await untilFound(path, attempt, signal, onReady);
  if (places === undefined) return;

  await using taker = createTaker({ places, settleMs, attempt, onTaken: () => sending.wake() });
  await using sender = createSender({ places, parse, send, log, settleMs, signal, attempt, onDeleted: taker.adopt });
  const sending = startRounds(signal, sender.round);
  const taking = startRounds(signal, taker.round);
  const watching = wakeOnChanges(places, taking.wake, log, signal);
  onReady();
  await Promise.all([taking.ended, sending.ended, watching]);
}

/**
 * Makes a change known at once. What no event tells of is seen within a second all the same; so the folder's plain events
 * are enough, and come where chokidar's do not: it goes on watching the file that was renamed, and drops quick changes.
 */
async function wakeOnChanges(places: Places, wake: () => void, log: Logger, signal: AbortSignal): Promise<void> {
  const folder = places.kind === "folder" ? places.source : dirname(places.source);
  try {
    for await (const { filename } of watch(folder, { signal })) {
      if (filename === null || concerns(places, join(folder, filename))) wake();
    }
  } catch (error) {
    if (!signal.aborted) log.warn(`inbox: ${folder} is only looked at every second: ${messageOf(error)}`);
  }
}

async function untilFound(
  path: string,
  attempt: Attempt,
  signal: AbortSignal,
  onFailure: () => void,
): Promise<Places | undefined> {
  for (;;) {
    const places = await attempt(`open ${path}`, () => findPlaces(path));
    if (places !== undefined || signal.aborted) return places;
    onFailure();
    await setTimeout(1000, undefined, { signal }).catch(() => undefined);
  }
}
