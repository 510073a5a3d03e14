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
   * A file, or a folder in which each file is one paste (a text with messages). If the path does not exist, it is
   * created: as a folder if the path ends in a slash, otherwise as a file.
   */
  readonly path: string;
  /** Checks one element of a list, which should be a message. */
  readonly parse: (value: unknown) => ParsedEntry<Message>;
  /**
   * Resolves when the broker has stored all messages, in order. This may take any time. Rejects when `signal` aborts.
   * Rejects with a StewardError if a message can never be stored. The function may be called again with the same ids.
   */
  readonly send: (messages: readonly WithId<Message>[], signal: AbortSignal) => Promise<void>;
  readonly log: Logger;
  /** A file counts as finished if it is unchanged for this number of milliseconds. Default 1000. */
  readonly settleMs?: number;
  /** As `settleMs`, for a file that ends with YAML, because YAML looks finished at each line end. Default 5000. */
  readonly yamlMs?: number;
  /**
   * As `settleMs`, for a file that ends inside a JSON list or object, or inside a YAML list or object in brackets.
   * Default 60,000.
   */
  readonly cutMs?: number;
  /** Called after each action of the inbox. While an error of the system prevents any action, `error` is that error. */
  readonly onTrouble?: (error?: Error) => void;
}

export interface Inbox extends AsyncDisposable {
  /** Resolves when the inbox is watched, or when the log contains the reason why the inbox cannot be watched yet. */
  readonly ready: Promise<void>;
  /**
   * Ends the watch. Messages that are not stored stay in the folder of taken pastes. The next daemon sends these
   * messages.
   */
  stop(): Promise<void>;
}

/**
 * Sends the messages that people and programs write into a file. Each text that is written there is called a paste. It
 * is taken by a rename to `<name>.taking/<ulid>`. Its messages get the ids `<ulid>-<index>`. The paste is deleted when
 * all of its messages are stored. Parts that cannot be sent are moved to `<name>.rejected.txt`. The path is resolved
 * again each second, because links and folders may be replaced. Never throws. An action that fails is tried again, and
 * its failure is logged once.
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
   * The earlier places of the inbox that may still have pastes to send, by their folder of taken pastes. If the inbox
   * returns to one of them, this map shows it, so that only one sender uses the folder.
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
  /** Takes no further paste, and stops when all taken pastes are sent. Never rejects. */
  finish(): Promise<void>;
  /** Stops at once. Pastes that are not sent stay in their folder. */
  stop(): Promise<void>;
}

/** Takes and sends the pastes of some places, until `stop` or `finish` is called. */
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
 * Wakes the inbox at each change. The inbox sees a change without an event within a second, so the folder's plain
 * events are enough. chokidar is not used, because it continues to watch the renamed file, and drops quick changes.
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
