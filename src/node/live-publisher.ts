import type { ChannelEvents, OutputChannel } from "../broker/control/live-output.ts";
import { outputStreams, type OutputStream } from "../protocol/ack.ts";
import type { Address } from "../protocol/subjects.ts";
import type { KeptOutput } from "./kept-output.ts";

/** How long small pieces are gathered, in milliseconds, and up to which size. */
const gatherFor = 20;
const chunkSize = 32 * 1024;
/** Bytes on their way to the broker at once: ACKs travel on the same connection, and must not wait behind a flood. */
const onTheWay = 2 * chunkSize;
/** How long a run to which nobody listened is not published, in milliseconds; a reader that asks ends that. */
const deafFor = 1000;

/** A run as the publisher sees it. */
export interface PublishedRun {
  readonly number: number;
  readonly address: Address;
  readonly attempt: number;
  readonly output: KeptOutput;
  /** How far each stream has been published. */
  readonly published: Record<OutputStream, number>;
  /** Somebody listens, as far as is known. */
  heard: boolean;
  /** Until then nobody is supposed to listen. */
  deafUntil: number;
}

type Channel = Pick<OutputChannel, "isUp" | "largest" | "publish" | "flushed">;
type Sent = readonly [run: PublishedRun, stream: OutputStream, offset: number];

/**
 * Publishes what runs print while somebody listens. What is published comes out of what is kept, a little at a time and
 * no faster than the connection takes it: a flood, or a link that is cut, costs neither memory nor other lanes' time,
 * and what the kept output has lost by then is skipped. Whether anybody listens is asked with an empty chunk.
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

  /** The most bytes that the broker takes at once. */
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

  /** A reader has asked for what a run has printed, and got it up to `offset`: it listens, or will at once. */
  asked(run: PublishedRun, stream: OutputStream, offset: number): void {
    if (!run.heard) run.published[stream] = Math.max(run.published[stream], offset);
    run.heard = true;
    run.deafUntil = 0;
    if (unpublished(run) > 0) this.wrote(run);
  }

  /** A run prints no more: the rest goes out before its ACK, if there is room on the way. */
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

  /** While the connection is away nothing is begun; what waits goes on when it is back. */
  #soon(ms: number): void {
    if (this.#isPumping || this.#isUrgent || !this.#channel.isUp) return;
    if (ms > 0) {
      this.#timer ??= setTimeout(() => void this.#pump(), ms).unref();
    } else {
      this.#isUrgent = true;
      setImmediate(() => void this.#pump());
    }
  }

  /** Publishes until little is left, each round once the broker has taken the one before. */
  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    clearTimeout(this.#timer);
    [this.#timer, this.#isUrgent, this.#isPumping] = [undefined, false, true];
    do {
      const [asked, sent] = this.#publishSome();
      if (asked.length + sent.length === 0) break;
      const taken = await this.#channel.flushed();
      // The broker tells that nobody listens before it tells that it has taken it.
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
      // Last in the row again, so that each run has its turn.
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

  /** What to publish next: behind what was published before or, when that is not kept any more, the latest. */
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
