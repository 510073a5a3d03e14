import { type FileHandle, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { StewardError } from "../protocol/errors.ts";
import type { Tail } from "./documents.ts";
import { type Batch, openPaste, type ParsedEntry, type Paste, readBatch, reopen, type WithId } from "./paste.ts";
import { listTaken, type Places } from "./places.ts";
import { appendRejected, type Rejection } from "./rejected.ts";
import type { Repeatedly } from "./repeatedly.ts";
import { isFinished, type Patience, type Still } from "./stillness.ts";
import { isCutYaml } from "./yaml-text.ts";

export interface PasteSenderOptions<Message extends object> {
  readonly places: Places;
  readonly parse: (value: unknown) => ParsedEntry<Message>;
  readonly send: (messages: readonly WithId<Message>[], signal: AbortSignal) => Promise<void>;
  readonly log: Logger;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  readonly repeatedly: Repeatedly;
  /**
   * Called when a paste has been sent and deleted. `file` is still open. Text that a writer adds later begins at
   * `offset`.
   */
  readonly onDeleted: (name: string, file: FileHandle, offset: number) => Promise<void>;
}

/**
 * Sends the taken pastes one after the other. A paste is deleted when all of its messages are stored and no writer adds
 * text.
 */
export interface PasteSender extends AsyncDisposable {
  /** Resolves to true if the next round must follow soon, because some pastes will be finished soon. */
  readonly round: () => Promise<boolean>;
  /** Call this when another paste is taken. `still` describes the file, and for how long the file was unchanged. */
  readonly expect: (id: string, still: Still) => void;
}

/** The largest number of open pastes. The file of a paste stays open while a writer may add text. */
const mostOpen = 100;

export function createPasteSender<Message extends object>(options: PasteSenderOptions<Message>): PasteSender {
  const { places, parse, send, log, patience, signal, repeatedly, onDeleted } = options;
  const pastes = new Map<string, Paste>();
  /** Pastes that are incomplete, or that cannot be sent now. The file of such a paste is closed between two rounds. */
  const resting = new Map<string, Paste>();
  const expected = new Map<string, Still>();

  const round = async (): Promise<boolean> => {
    const ids = (await repeatedly(`read the folder ${places.taking}`, () => listTaken(places.taking))) ?? [];
    let [isBusy, isFull] = [false, false];
    for (const id of ids) {
      // After the first paste that cannot be opened because of the limit, no other paste is opened in this round.
      // Otherwise a later paste could be sent before an earlier one.
      isFull ||= !pastes.has(id) && pastes.size >= mostOpen;
      if (isFull && !pastes.has(id)) continue;
      const isDone = await repeatedly(`send the paste ${join(places.taking, id)}`, () => advance(id));
      if (signal.aborted) return false;
      isBusy ||= isDone === false;
    }
    return isBusy || isFull;
  };

  const opened = async (id: string): Promise<Paste> => {
    const [path, former] = [join(places.taking, id), resting.get(id)];
    const paste = await (former === undefined ? openPaste(id, path, expected.get(id)) : reopen(former));
    expected.delete(id);
    resting.delete(id);
    pastes.set(id, paste);
    return paste;
  };

  const advance = async (id: string): Promise<boolean> => {
    const paste = pastes.get(id) ?? (await opened(id));
    const seen = await paste.file.stat();
    const still = paste.still(seen);
    const mayEnd = (tail: Tail, bytes: Buffer): Promise<boolean> => {
      return isFinished(tail, still, patience, () => isCutYaml(bytes));
    };
    await writeRejections(paste);
    while (paste.rejections.length === 0) {
      const batch = await readBatch(paste, seen.size, mayEnd, parse);
      if (batch === undefined) break;
      await sendBatch(paste, batch);
    }
    if (still < patience.settled) return false;
    // An incomplete paste is closed, and read again in a later round.
    if (paste.position.offset < seen.size || paste.rejections.length > 0) {
      pastes.delete(id);
      resting.set(id, paste);
      await paste.file.close();
      return true;
    }
    await unlink(paste.path);
    pastes.delete(id);
    await onDeleted(paste.path, paste.file, paste.position.offset);
    return true;
  };

  const sendBatch = async (paste: Paste, batch: Batch<Message>): Promise<void> => {
    paste.rejections = batch.rejections;
    await writeRejections(paste); // before the send, which may wait for the broker
    const refused = await sendInOrder(batch.messages);
    paste.position = batch.next;
    paste.rejections = [...paste.rejections, ...refused];
    await writeRejections(paste);
    const sent = batch.messages.length - refused.length;
    if (sent > 0) log.info({ paste: paste.id }, `inbox: sent ${sent} message${sent === 1 ? "" : "s"}`);
  };

  /**
   * Resolves to the messages that can never be stored. Such a message makes the whole call fail, so each half is then
   * tried separately.
   */
  const sendInOrder = async (messages: Batch<Message>["messages"]): Promise<readonly Rejection[]> => {
    const [first] = messages;
    if (first === undefined) return [];
    try {
      const batch = messages.map(({ message }) => message);
      await send(batch, signal);
      return [];
    } catch (error) {
      if (signal.aborted || !(error instanceof StewardError)) throw error;
      if (messages.length === 1) return [{ key: first.message.id, reason: error.message, text: first.text }];
      const middle = Math.floor(messages.length / 2);
      return [...(await sendInOrder(messages.slice(0, middle))), ...(await sendInOrder(messages.slice(middle)))];
    }
  };

  const writeRejections = async (paste: Paste): Promise<void> => {
    const [first] = paste.rejections;
    if (first === undefined) return;
    await repeatedly(`write to ${places.rejected}`, async () => {
      const written = await appendRejected(places.rejected, paste.id, paste.rejections);
      paste.rejections = [];
      if (written === 0) return;
      const text = `inbox: moved ${written} of a paste's parts to ${places.rejected}; the first: ${first.reason}`;
      log.warn({ paste: paste.id }, text);
    });
  };

  return {
    round,
    expect: (id, still) => void expected.set(id, still),
    async [Symbol.asyncDispose]() {
      for (const { file } of pastes.values()) await file.close();
    },
  };
}
