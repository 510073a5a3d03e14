import type { ChannelEvents, OutputChannel } from "../broker/control/live-output.ts";
import { outputStreams, type OutputStream } from "../protocol/ack.ts";
import type { Address } from "../protocol/subjects.ts";
import type { KeptOutput } from "./kept-output.ts";

/** Small pieces of output are collected for this time, in milliseconds, or up to this size, in bytes. */
const gatherFor = 20;
const chunkSize = 32 * 1024;
/**
 * The most bytes on the way to the broker at once. ACKs use the same connection, and must not wait behind a flood of
 * output.
 */
const onTheWay = 2 * chunkSize;
/**
 * If nobody listens to a run, its output is not published for this time, in milliseconds, or until a reader asks for
 * output.
 */
const deafFor = 1000;

/** The publisher's record of one run. */
export interface PublishedRun {
  readonly number: number;
  readonly address: Address;
  readonly attempt: number;
  readonly output: KeptOutput;
  /** For each stream: the offset up to which the output was published. */
  readonly published: Record<OutputStream, number>;
  /** True if somebody listens, as far as is known. */
  heard: boolean;
  /** Until this time, the publisher assumes that nobody listens. */
  deafUntil: number;
}

type Channel = Pick<OutputChannel, "isUp" | "largest" | "publish" | "flushed">;
type Sent = readonly [run: PublishedRun, stream: OutputStream, offset: number];

/**
 * Publishes the output of runs while somebody listens. The publisher reads the kept output in small chunks, and sends
 * chunks only as fast as the connection accepts chunks. So a flood of output or a cut link takes no more memory, and
 * does not slow other lanes. The publisher skips bytes that the kept output has already dropped. The publisher sends an
 * empty chunk to find out if anybody listens.
 */
export class LivePublisher {
  readonly #channel: Channel;
  readonly #runs = new Map<number, PublishedRun>();
  readonly #waiting = new Set<PublishedRun>();
  #count = 0;
  #timer: NodeJS.Timeout | undefined;
  #isUrgent = false;
  #isPumping = false;

  constructor(open: (events: ChannelEvents) => Channel) {
    this.#channel = open({ unheard: (run) => this.#unheard(run), back: () => this.#soon(gatherFor) });
  }

  /** The most bytes that the broker accepts at once. */
  get largest(): number {
    return this.#channel.largest;
  }

  run(address: Address, attempt: number, output: KeptOutput): PublishedRun {
    const published = { stdout: 0, stderr: 0 };
    return { number: ++this.#count, address, attempt, output, published, heard: false, deafUntil: 0 };
  }

  /** A run has printed something. */
  wrote(run: PublishedRun): void {
    if (!run.heard && performance.now() < run.deafUntil) return;
    this.#runs.set(run.number, run);
    this.#waiting.add(run);
    this.#soon(run.heard && unpublished(run) >= chunkSize ? 0 : gatherFor);
  }

  /**
   * A reader has asked for the output of a run, and has received the output up to `offset`. The reader listens already,
   * or will listen in a moment.
   */
  asked(run: PublishedRun, stream: OutputStream, offset: number): void {
    if (!run.heard) run.published[stream] = Math.max(run.published[stream], offset);
    run.heard = true;
    run.deafUntil = 0;
    if (unpublished(run) > 0) this.wrote(run);
  }

  /** A run has ended. The rest of the output is published before the ACK of the run, if the connection has room. */
  ended(run: PublishedRun): void {
    if (run.heard && this.#waiting.has(run) && !this.#isPumping) void this.#pump();
  }

  forget(run: PublishedRun): void {
    this.#waiting.delete(run);
    this.#runs.delete(run.number);
  }

  #unheard(number: number): void {
    const run = this.#runs.get(number);
    if (run === undefined) return;
    run.heard = false;
    run.deafUntil = performance.now() + deafFor;
    this.#waiting.delete(run);
  }

  /** Sends nothing while the connection is lost. Waiting output is sent after the reconnect. */
  #soon(ms: number): void {
    if (this.#isPumping || this.#isUrgent || !this.#channel.isUp) return;
    if (ms > 0) {
      this.#timer ??= setTimeout(() => void this.#pump(), ms).unref();
    } else {
      this.#isUrgent = true;
      setImmediate(() => void this.#pump());
    }
  }

  /**
   * Publishes until little output is left. Each round begins when the broker has received the chunks of the previous
   * round.
   */
  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    clearTimeout(this.#timer);
    [this.#timer, this.#isUrgent, this.#isPumping] = [undefined, false, true];
    do {
      const [asked, sent] = this.#publishSome();
      if (asked.length + sent.length === 0) break;
      const taken = await this.#channel.flushed();
      // If nobody listens, the broker reports this before it confirms the chunk.
      if (taken) for (const run of asked) run.heard = run.deafUntil < performance.now();
      else for (const [run, stream, offset] of sent) run.published[stream] = Math.min(run.published[stream], offset);
    } while (this.#channel.isUp && [...this.#waiting].some((run) => !run.heard || unpublished(run) >= chunkSize));
    this.#isPumping = false;
    if (this.#waiting.size > 0) this.#soon(gatherFor);
  }

  #publishSome(): [asked: PublishedRun[], sent: Sent[]] {
    const asked: PublishedRun[] = [];
    const sent: Sent[] = [];
    let room = this.#channel.isUp ? onTheWay : 0;
    const turns = [...this.#waiting];
    for (const run of turns) {
      if (room <= 0) break;
      // The run moves to the end of the queue, so that each run has its turn.
      this.#waiting.delete(run);
      const { address, attempt, number, published } = run;
      if (run.heard) {
        for (const stream of outputStreams) {
          const { offset, bytes } = this.#next(run, stream);
          published[stream] = offset + bytes.length;
          if (bytes.length === 0) continue;
          this.#channel.publish({ address, attempt, stream, offset, bytes }, number);
          sent.push([run, stream, offset]);
          room -= bytes.length;
        }
        if (unpublished(run) > 0) this.#waiting.add(run);
      } else {
        const offset = published.stdout;
        this.#channel.publish({ address, attempt, stream: "stdout", offset, bytes: Buffer.alloc(0) }, number);
        asked.push(run);
        this.#waiting.add(run);
      }
    }
    return [asked, sent];
  }

  /**
   * The next bytes to publish. They follow the last published byte. If the run no longer keeps them, the last
   * bytes of the output are published instead.
   */
  #next({ output, published }: PublishedRun, stream: OutputStream): { offset: number; bytes: Buffer } {
    const size = Math.min(chunkSize, this.#channel.largest);
    const next = output.read(stream, published[stream], size);
    return next.offset === published[stream] ? next : output.read(stream, output.totals[stream] - size, size);
  }
}

function unpublished({ output, published }: PublishedRun): number {
  const { stdout, stderr } = output.totals;
  return stdout - published.stdout + stderr - published.stderr;
}
