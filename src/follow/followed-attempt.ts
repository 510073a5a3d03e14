import type { Broker } from "../broker/connection/broker.ts";
import { outputOf, partAt, type AckOutput } from "../protocol/ack-output.ts";
import { isKnownState, outputStreams, type Ack, type OutputStream } from "../protocol/ack.ts";
import type { Address } from "../protocol/subjects.ts";
import type { Slots } from "../util/slots.ts";
import { OutputAsker, type AskedOutput, type KeptPiece } from "./ask-for-output.ts";
import type { LiveSink } from "./live-event.ts";

/** Who follows messages, and how. */
export interface Follower {
  readonly broker: Broker;
  readonly sink: LiveSink;
  /** Every step is handed on: the beginning of the first attempt, and that a further one follows. */
  readonly everyStep: boolean;
  /** Each request for what is missing takes one. */
  readonly slots: Slots;
  /** Ends the following. */
  readonly signal: AbortSignal;
}

export type OutputOffsets = Readonly<Record<OutputStream, number>>;

/** One output stream: the reader has all before `next`, and it is known to go on up to `seen`. */
interface Position {
  next: number;
  seen: number;
}

/**
 * Puts the output of one attempt together, each stream in order. It stores nothing: what is published when there is no
 * use for it is noted, and fetched later, out of the ACK that ended the attempt or from the daemon.
 */
export class FollowedAttempt {
  readonly number: number;
  /** The ACK that ended it. */
  ended: Ack | undefined;
  readonly #address: Address;
  readonly #follower: Follower;
  readonly #asker: OutputAsker;
  readonly #streams: Readonly<Record<OutputStream, Position>> = {
    stdout: { next: 0, seen: 0 },
    stderr: { next: 0, seen: 0 },
  };
  #isAskedForAll = false;

  /** `from` is where the reader is already. */
  constructor(number: number, address: Address, follower: Follower, from: OutputOffsets = { stdout: 0, stderr: 0 }) {
    this.number = number;
    for (const stream of outputStreams) this.#streams[stream].next = this.#streams[stream].seen = from[stream];
    this.#address = address;
    this.#follower = follower;
    this.#asker = new OutputAsker(follower.broker, address, number, follower.slots);
  }

  /** Notes that bytes were published. True when nothing is missing before them. */
  note(stream: OutputStream, offset: number, length: number): boolean {
    const position = this.#streams[stream];
    position.seen = Math.max(position.seen, offset + length);
    return offset <= position.next;
  }

  /** Hands on what is new of bytes before which nothing is missing. */
  handOn(stream: OutputStream, offset: number, bytes: Buffer): Promise<void> | void {
    const position = this.#streams[stream];
    const [from, news] = [position.next, bytes.subarray(position.next - offset)];
    if (news.length === 0) return;
    position.next += news.length;
    return this.#follower.sink({ kind: "output", ...this.#place(), stream, offset: from, bytes: news });
  }

  /** Fetches some of what is known to be missing. False when nothing is, or when it is not to be had before the end. */
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
      if (held === undefined && this.ended !== undefined) return true; // It ended meanwhile, and its ACK tells more.
      if (asked.kind === "later" || (asked.kind === "kept" && (await this.#advance(stream, asked, held)))) return true;
      if (!isOver) continue;
      await this.#skip(stream, held === undefined ? end : tailOf(held));
      return true;
    }
    return false;
  }

  /** Asks the daemon how far the run has got. True when that is not known yet. */
  async look(isOver: boolean): Promise<boolean> {
    return (await this.#ask("stdout", isOver)).kind === "later";
  }

  /** For an attempt that is over: true once nothing more can be learnt of it. */
  async hasAll(): Promise<boolean> {
    if (this.#isAskedForAll || (this.ended !== undefined && !this.#mayHaveMore(this.ended))) return true;
    const asked = await this.#ask("stdout", true);
    if (asked.kind === "gone") await this.#follower.sink({ kind: "cut", ...this.#place() });
    this.#isAskedForAll = asked.kind !== "later";
    return false;
  }

  /** An ACK without output may end a run that printed something: its daemon was killed, or did not get it to end. */
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

  /** Hands on what the daemon has kept. False when that brings the reader no further. */
  async #advance(stream: OutputStream, { offset, bytes }: KeptPiece, held: AckOutput | undefined): Promise<boolean> {
    const position = this.#streams[stream];
    if (offset + bytes.length <= position.next) return false;
    // Not kept any more; but what an ACK holds is not missing.
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
