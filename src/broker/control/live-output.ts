import { createInbox, type Msg } from "nats";
import { outputStreams, type OutputStream } from "../../protocol/ack.ts";
import { typeAndSubject, outputSubject, parseLaneName, type Address } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { statusCodes } from "../connection/server-codes.ts";
import { headersOf } from "../write/publish.ts";

/** A piece of what a run prints. */
export interface LiveChunk {
  readonly address: Address;
  readonly attempt: number;
  readonly stream: OutputStream;
  /** Where in its stream it begins. */
  readonly offset: number;
  readonly bytes: Buffer;
}

const laneHeader = "Steward-Lane";
const attemptHeader = "Steward-Attempt";
const streamHeader = "Steward-Stream";
const offsetHeader = "Steward-Offset";

/** What the headers of a chunk and its protocol line need beside its bytes. */
const envelope = 1024;

export interface ChannelEvents {
  /** Nobody listened to a chunk of this run; told before `flushed` resolves. */
  readonly unheard: (run: number) => void;
  /** A lost connection is there again. */
  readonly back: () => void;
}

/** The way out for live output. It is published, not stored: who does not listen just then does not get it. */
export class OutputChannel {
  readonly #broker: Broker;
  readonly #inbox = createInbox();
  #isUp = true;

  constructor(broker: Broker, { unheard, back }: ChannelEvents) {
    this.#broker = broker;
    broker.onConnection({
      lost: () => (this.#isUp = false),
      back: () => {
        this.#isUp = true;
        back();
      },
    });
    broker.nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, msg) => {
        if (error === null && msg.headers?.code === statusCodes.nobodyListens)
          unheard(Number(msg.subject.slice(this.#inbox.length + 1)));
      },
    });
  }

  /** False while the connection is away: what is published then waits in the client for nobody knows how long. */
  get isUp(): boolean {
    return this.#isUp && !this.#broker.nc.isClosed();
  }

  /** The most bytes that a chunk may have. */
  get largest(): number {
    return this.#broker.maxPayload - envelope;
  }

  publish({ address, attempt, stream, offset, bytes }: LiveChunk, run: number): void {
    const headers = headersOf({
      [laneHeader]: typeAndSubject(address),
      [attemptHeader]: String(attempt),
      [streamHeader]: stream,
      [offsetHeader]: String(offset),
    });
    const reply = `${this.#inbox}.${run}`;
    this.#broker.nc.publish(outputSubject(this.#broker.namespace, address), bytes, { headers, reply });
  }

  /** Resolves when the broker has taken what was published, to false when the connection was lost before. */
  async flushed(): Promise<boolean> {
    return this.#broker.nc.flush().then(
      () => true,
      () => false,
    );
  }
}

/** Calls back with what runs of a message id print, on any node, until the returned function is called. */
export function onLiveOutput(broker: Broker, id: string, callback: (chunk: LiveChunk) => void): () => void {
  const subscription = broker.nc.subscribe(outputSubject(broker.namespace, { id }), {
    callback: (error, msg) => {
      const chunk = error === null ? parseChunk(msg) : undefined;
      if (chunk !== undefined) callback(chunk);
    },
  });
  return () => subscription.unsubscribe();
}

/** Reads a piece; undefined for what is none, or of a stream that is not known here. */
export function parseChunk({
  subject,
  headers,
  data,
}: Pick<Msg, "subject" | "headers" | "data">): LiveChunk | undefined {
  const [, node, , id] = subject.split(".");
  const lane = parseLaneName(headers?.get(laneHeader) ?? "");
  const stream = outputStreams.find((name) => name === headers?.get(streamHeader));
  const [attempt, offset] = [Number(headers?.get(attemptHeader)), Number(headers?.get(offsetHeader))];
  if (node === undefined || id === undefined || lane === undefined || stream === undefined) return undefined;
  if (!Number.isSafeInteger(attempt) || !Number.isSafeInteger(offset) || offset < 0) return undefined;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  return { address: { node, ...lane, id }, attempt, stream, offset, bytes };
}
