import { watch } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Logger } from "pino";
import { messageOf } from "../protocol/errors.ts";
import { createPasteSender } from "./paste-sender.ts";
import type { ParsedEntry, WithId } from "./paste.ts";
import { concerns, findPlaces, isStill, listTaken, type Places } from "./places.ts";
import { type Repeatedly, createRepeatedly } from "./repeatedly.ts";
import { startRounds } from "./rounds.ts";
import { createTaker } from "./taker.ts";

export type { ParsedEntry, WithId } from "./paste.ts";

export interface InboxOptions<Message extends object> {
  /**
   * A file, or a folder in which each file is a paste. A missing one is created: a folder if the path ends in a slash.
   */
  readonly path: string;
  /** Checks one element of a list. */
  readonly parse: (value: unknown) => ParsedEntry<Message>;
  /**
   * Resolves when the broker has stored all messages, in order, however long that takes. Rejects when `signal` aborts,
   * and with a StewardError when one of them can never be stored. It may be called again with the same ids.
   */
  readonly send: (messages: readonly WithId<Message>[], signal: AbortSignal) => Promise<void>;
  readonly log: Logger;
  /** For how many milliseconds a file must be unchanged before it counts as finished; by default 1000. */
  readonly settleMs?: number;
  /** The same for a file that ends with YAML, which looks finished at each line end; by default 5000. */
  readonly yamlMs?: number;
  /** The same for a file that ends within a JSON list or object, or a YAML one in brackets; by default 60,000. */
  readonly cutMs?: number;
  /**
   * Called again and again with an error of the system that keeps the inbox from working; without one when it works.
   */
  readonly onTrouble?: (error?: Error) => void;
}

export interface Inbox extends AsyncDisposable {
  /** Resolves when the inbox is watched, or when the log says why it cannot be watched so far. */
  readonly ready: Promise<void>;
  /** Ends the watch. Messages that are not stored stay in the folder of taken pastes, for the next daemon. */
  stop(): Promise<void>;
}

/**
 * Sends what people and programs write into a file. A paste is taken by a rename to `<name>.taking/<ulid>`, its
 * messages get the ids `<ulid>-<index>`, and it is deleted when all of it is stored. Parts that cannot be sent go to
 * `<name>.rejected.txt`. The path is looked up again each second, since links and folders may be replaced. Never
 * throws: a failure is logged once, and tried again.
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
  const { path, log, onTrouble } = options;
  const repeatedly = createRepeatedly(log, signal, onTrouble);
  let here: Watched | undefined;
  /**
   * Earlier places that may have more to send, by their folder of taken pastes: two senders must not use the same
   * folder.
   */
  const former = new Map<string, Watched>();
  while (!signal.aborted) {
    const places = await repeatedly(`open ${path}`, async () => {
      return (await isStill(path, here?.places)) ? here?.places : findPlaces(path);
    });
    if (places !== undefined && places !== here?.places && !signal.aborted) {
      if (here !== undefined) {
        log.info(`inbox: ${path} is ${places.source} now, or its folder was replaced`);
        former.set(here.places.taking, here);
        void here.finish();
      }
      await former.get(places.taking)?.stop();
      former.delete(places.taking);
      here = watchPlaces(places, options, signal, repeatedly);
    }
    onReady();
    await setTimeout(1000, undefined, { signal }).catch(() => undefined);
  }
  await here?.stop();
  for (const one of former.values()) await one.stop();
}

interface Watched {
  readonly places: Places;
  /** Takes nothing more, and stops when all that was taken is sent. Never rejects. */
  finish(): Promise<void>;
  /** Stops; what is not sent stays where it is. */
  stop(): Promise<void>;
}

/** Takes and sends the pastes of some places, until it is stopped. */
function watchPlaces<Message extends object>(
  places: Places,
  { parse, send, log, settleMs = 1000, yamlMs = 5000, cutMs = 60_000 }: InboxOptions<Message>,
  signal: AbortSignal,
  repeatedly: Repeatedly,
): Watched {
  const [left, stopped] = [new AbortController(), new AbortController()];
  const sendingEnd = AbortSignal.any([signal, stopped.signal]);
  const takingEnd = AbortSignal.any([sendingEnd, left.signal]);
  const common = { places, patience: { settled: settleMs, yaml: yamlMs, cut: cutMs }, repeatedly };
  const taker = createTaker({
    ...common,
    onTaken: (id, still) => {
      sender.expect(id, still);
      sending.wake();
    },
  });
  const sender = createPasteSender({ ...common, parse, send, log, signal: sendingEnd, onDeleted: taker.adopt });
  const sending = startRounds(sendingEnd, sender.round);
  const taking = startRounds(takingEnd, taker.round);
  const watching = wakeOnChanges(places, taking.wake, log, takingEnd);
  const stop = async (): Promise<void> => {
    stopped.abort();
    await Promise.all([taking.ended, sending.ended, watching]);
    await sender[Symbol.asyncDispose]();
    await taker[Symbol.asyncDispose]();
  };
  const finish = async (): Promise<void> => {
    left.abort();
    await taking.ended;
    const isEmpty = async (): Promise<boolean> => (await listTaken(places.taking).catch(() => [])).length === 0;
    while (!sendingEnd.aborted && !(await isEmpty())) {
      await setTimeout(1000, undefined, { signal: sendingEnd }).catch(() => undefined);
    }
    await stop();
  };
  return { places, finish, stop };
}

/**
 * Wakes the inbox at each change. Changes without an event are seen within a second, so the folder's plain events are
 * enough. They come where chokidar's do not: chokidar keeps watching the renamed file, and drops quick changes.
 */
async function wakeOnChanges(places: Places, wake: () => void, log: Logger, signal: AbortSignal): Promise<void> {
  const folder = places.kind === "folder" ? places.source : dirname(places.source);
  try {
    for await (const { filename } of watch(folder, { signal })) {
      if (filename === null || concerns(places, join(folder, filename))) wake();
    }
  } catch (error) {
    if (!signal.aborted) log.warn(`inbox: ${folder} is only checked every second: ${messageOf(error)}`);
  }
}
