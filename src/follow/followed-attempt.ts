import type { Broker } from "../broker/connection/broker.ts";
import { outputOf, partAt, type AckOutput } from "../protocol/ack-output.ts";
import { isKnownState, outputStreams, type Ack, type OutputStream } from "../protocol/ack.ts";
import type { Address } from "../protocol/subjects.ts";
import type { Slots } from "../util/slots.ts";
import { OutputAsker, type AskedOutput, type KeptPiece } from "./ask-for-output.ts";
import type { LiveSink } from "./live-event.ts";

/** The common part of all followed messages. */
export interface Follower {
  readonly broker: Broker;
  readonly sink: LiveSink;
  /** If true, every step is reported, also the start of the first attempt and each retry. */
  readonly everyStep: boolean;
  /** Limits the number of requests for missing output. Each request takes a slot. */
  readonly slots: Slots;
  /** Ends the following. */
  readonly signal: AbortSignal;
}

export type OutputOffsets = Readonly<Record<OutputStream, number>>;

/** The position in one output stream. The reader has all bytes before `next`. The stream has at least `seen` bytes. */
interface Position {
  next: number;
  seen: number;
}

/**
 * Assembles the output of one attempt, each stream in order. No output is stored. If bytes arrive before earlier bytes,
 * only their position is noted. They are fetched later, from the ACK that ended the attempt or from the daemon.
 */
export class FollowedAttempt {
  readonly number: number;
  /** The ACK that ended the attempt. */
  ended: Ack | undefined;
  readonly #address: Address;
  readonly #follower: Follower;
  readonly #asker: OutputAsker;
  readonly #streams: Readonly<Record<OutputStream, Position>> = {
    stdout: { next: 0, seen: 0 },
    stderr: { next: 0, seen: 0 },
  };
  #isAskedForAll = false;

  /** `from`: the position that the reader has already reached. */
  constructor(number: number, address: Address, follower: Follower, from: OutputOffsets = { stdout: 0, stderr: 0 }) {
    this.number = number;
    for (const stream of outputStreams) this.#streams[stream].next = this.#streams[stream].seen = from[stream];
    this.#address = address;
    this.#follower = follower;
    this.#asker = new OutputAsker(follower.broker, address, number, follower.slots);
  }

  /** Notes the position of published bytes. Returns true if the reader has all bytes before them. */
  note(stream: OutputStream, offset: number, length: number): boolean {
    const position = this.#streams[stream];
    position.seen = Math.max(position.seen, offset + length);
    return offset <= position.next;
  }

  /** Passes the new part of published bytes to the reader. Call it only if the reader has all bytes before them. */
  handOn(stream: OutputStream, offset: number, bytes: Buffer): Promise<void> | void {
    const position = this.#streams[stream];
    const [from, news] = [position.next, bytes.subarray(position.next - offset)];
    if (news.length === 0) return;
    position.next += news.length;
    return this.#follower.sink({ kind: "output", ...this.#place(), stream, offset: from, bytes: news });
  }

  /**
   * Fetches some of the missing bytes. Returns false if no bytes are missing, or if the missing bytes can only be
   * fetched after the end of the attempt.
   */
  async fetch(isOver: boolean): Promise<boolean> {
    for (const stream of outputStreams) {
      const position = this.#streams[stream];
      const held = this.ended && outputOf(this.ended, stream);
      const end = held?.total ?? position.seen;
      if (position.next >= end) continue;
      const part = held && partAt(held, position.next);
      if (part !== undefined) {
        await this.handOn(stream, position.next, part);
        return true;
      }
      const asked = await this.#ask(stream, isOver);
      if (held === undefined && this.ended !== undefined) return true; // The attempt has ended, and its ACK has more.
      if (asked.kind === "later" || (asked.kind === "kept" && (await this.#advance(stream, asked, held)))) return true;
      if (!isOver) continue;
      await this.#skip(stream, held === undefined ? end : tailOf(held));
      return true;
    }
    return false;
  }

  /**
   * Asks the daemon for the number of bytes that the run has printed. Returns true if the number is still unknown,
   * because no answer came.
   */
  async look(isOver: boolean): Promise<boolean> {
    return (await this.#ask("stdout", isOver)).kind === "later";
  }

  /** For an ended attempt. Returns true if no more output of the attempt can be found. */
  async hasAll(): Promise<boolean> {
    if (this.#isAskedForAll || (this.ended !== undefined && !this.#mayHaveMore(this.ended))) return true;
    const asked = await this.#ask("stdout", true);
    if (asked.kind === "lost") await this.#follower.sink({ kind: "cut", ...this.#place() });
    this.#isAskedForAll = asked.kind !== "later";
    return false;
  }

  /**
   * True if the run may have printed more although its ACK has no output. This happens if the daemon was killed, or
   * could not end the run.
   */
  #mayHaveMore({ output, state }: Ack): boolean {
    const { stdout, stderr } = this.#streams;
    const mayBeCut = state === "interrupted" || !isKnownState(state);
    return output === undefined && (mayBeCut || stdout.seen + stderr.seen > 0);
  }

  async #ask(stream: OutputStream, isOver: boolean): Promise<AskedOutput> {
    const asked = await this.#asker.ask(stream, this.#streams[stream].next, isOver, this.#follower.signal);
    if (asked.kind !== "kept") return asked;
    for (const name of outputStreams) {
      const position = this.#streams[name];
      position.seen = Math.max(position.seen, asked.totals[name]);
    }
    return asked;
  }

  /** Passes bytes from the daemon to the reader. Returns false if the reader already has all of these bytes. */
  async #advance(stream: OutputStream, { offset, bytes }: KeptPiece, held: AckOutput | undefined): Promise<boolean> {
    const position = this.#streams[stream];
    if (offset + bytes.length <= position.next) return false;
    // The daemon no longer keeps the bytes before `offset`, but the ACK may contain them.
    const from = held === undefined ? offset : Math.min(offset, tailOf(held));
    if (from > position.next) await this.#skip(stream, from);
    if (from === offset || offset < position.next) await this.handOn(stream, offset, bytes);
    return true;
  }

  async #skip(stream: OutputStream, to: number): Promise<void> {
    const position = this.#streams[stream];
    const from = position.next;
    position.next = to;
    await this.#follower.sink({ kind: "gap", ...this.#place(), stream, from, to });
  }

  #place(): { readonly address: Address; readonly attempt: number } {
    return { address: this.#address, attempt: this.number };
  }
}

function tailOf({ total, tail }: AckOutput): number {
  return total - tail.length;
}
