import type { Broker } from "../broker/connection/broker.ts";
import { OutputChannel } from "../broker/control/live-output.ts";
import type { LiveWriter } from "../handlers/define.ts";
import type { OutputAnswer, OutputRequest } from "../protocol/control.ts";
import { StewardError } from "../protocol/errors.ts";
import { typeAndSubject, type Address } from "../protocol/subjects.ts";
import { Blocks, blockSize, KeptOutput } from "./kept-output.ts";
import { LivePublisher, type PublishedRun } from "./live-publisher.ts";

/**
 * The most bytes that are kept of one run, and of all ended runs together. A daemon that uses more memory starts
 * processes more slowly.
 */
const keptOfRun = 8 * 1024 * 1024;
const keptOfEnded = 8 * 1024 * 1024;
/**
 * The output is kept for this time after the end of the run, in milliseconds. A reader may have lost its connection at
 * the end of the run.
 */
const keptFor = 30_000;
/** The most bytes of an answer. This number of bytes fits the broker's usual payload limit as base64. */
const longestAnswer = 512 * 1024;
/** Up to this size, in bytes, the ACK holds the complete output. */
const surelyInAck = 64 * 1024;

/** Receives the output of one run until its end. */
export interface LiveRun extends LiveWriter {
  /** Ends the output of the run. `isInAck`: true if an ACK will contain as much of the output as fits into it. */
  end(isInAck: boolean): void;
}

interface Run extends PublishedRun {
  readonly key: string;
  ended: boolean;
}

/**
 * The output of this daemon's runs. The output is kept for some time, published while somebody listens, and returned on
 * request.
 */
export class LiveOutput {
  readonly #publisher: LivePublisher;
  readonly #outputLimit: number;
  readonly #blocks = new Blocks(keptOfRun / blockSize);
  readonly #runs = new Map<string, Run>();
  readonly #ended = new Map<Run, NodeJS.Timeout>();
  #endedSize = 0;

  constructor(broker: Broker, { outputLimit }: { readonly outputLimit: number }) {
    this.#publisher = new LivePublisher((events) => new OutputChannel(broker, events));
    this.#outputLimit = Math.min(outputLimit, surelyInAck);
  }

  begin(address: Address, attempt: number): LiveRun {
    const key = `${typeAndSubject(address)}.${address.id}.${attempt}`;
    const run: Run = {
      key,
      ended: false,
      ...this.#publisher.run(address, attempt, new KeptOutput(keptOfRun, this.#blocks)),
    };
    this.#runs.set(key, run);
    return {
      write: (stream, bytes) => {
        if (run.ended || bytes.length === 0) return;
        run.output.add(stream, bytes);
        this.#publisher.wrote(run);
      },
      end: (isInAck) => {
        if (!run.ended) this.#end(run, isInAck);
      },
    };
  }

  /** @throws StewardError refused when no output of the run is kept */
  answer({ attempt, stream, offset, limit = longestAnswer, ...address }: OutputRequest): OutputAnswer {
    const run = this.#runs.get(`${typeAndSubject(address)}.${address.id}.${attempt}`);
    if (run === undefined) {
      throw new StewardError("refused", `no output of attempt ${attempt} of ${address.id} is kept`);
    }
    const fits = Math.floor((this.#publisher.largest * 3) / 4) - 256;
    const found = run.output.read(stream, offset, Math.min(limit, longestAnswer, fits));
    this.#publisher.asked(run, stream, found.offset + found.bytes.length);
    const { totals } = run.output;
    return { offset: found.offset, data: found.bytes.toString("base64"), totals, ended: run.ended };
  }

  #end(run: Run, isInAck: boolean): void {
    run.ended = true;
    const { stdout, stderr } = run.output.totals;
    this.#publisher.ended(run);
    if (isInAck && stdout + stderr <= this.#outputLimit) return this.#forget(run);
    this.#endedSize += run.output.size;
    this.#ended.set(run, setTimeout(() => this.#forget(run), keptFor).unref());
    for (const oldest of this.#ended.keys()) {
      if (this.#endedSize <= keptOfEnded) break;
      this.#forget(oldest);
    }
  }

  #forget(run: Run): void {
    this.#publisher.forget(run);
    if (this.#runs.get(run.key) === run) this.#runs.delete(run.key);
    if (this.#ended.has(run)) this.#endedSize -= run.output.size;
    clearTimeout(this.#ended.get(run));
    this.#ended.delete(run);
    run.output.release();
  }
}
