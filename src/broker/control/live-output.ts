import { createInbox, type Msg } from "nats";
import { outputStreams, type OutputStream } from "../../protocol/ack.ts";
import { typeAndSubject, outputSubject, parseLaneName, type Address } from "../../protocol/subjects.ts";
import type { Broker } from "../connection/broker.ts";
import { statusCodes } from "../connection/server-codes.ts";
import { headersOf } from "../write/publish.ts";

/** A chunk of a run's output. */
export interface LiveChunk {
  readonly address: Address;
  readonly attempt: number;
  readonly stream: OutputStream;
  /** The position of the first byte in the stream. */
  readonly offset: number;
  readonly bytes: Buffer;
}

const laneHeader = "Steward-Lane";
const attemptHeader = "Steward-Attempt";
const streamHeader = "Steward-Stream";
const offsetHeader = "Steward-Offset";

/** The size of a chunk's headers and of its protocol line. */
const envelope = 1024;

export interface ChannelEvents {
  /** Called when nobody listened to a chunk of this run. This call comes before `flushed` resolves. */
  readonly unheard: (run: number) => void;
  /** Called when a lost connection is back. */
  readonly back: () => void;
}

/**
 * Publishes live output. The broker does not store live output: only programs that listen at that moment receive it.
 */
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

  /**
   * False while the connection is lost. A chunk that is published then would wait in the client for an unknown time.
   */
  get isUp(): boolean {
    return this.#isUp && !this.#broker.nc.isClosed();
  }

  /** The maximum number of bytes of a chunk. */
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

  /**
   * Resolves to true when the broker has received the published chunks, or to false if the connection was lost before.
   */
  async flushed(): Promise<boolean> {
    return this.#broker.nc.flush().then(
      () => true,
      () => false,
    );
  }
}

/** Calls back with the output of all runs of a message id, on any node. Ends when the returned function is called. */
export function onLiveOutput(broker: Broker, id: string, callback: (chunk: LiveChunk) => void): () => void {
  const subscription = broker.nc.subscribe(outputSubject(broker.namespace, { id }), {
    callback: (error, msg) => {
      const chunk = error === null ? parseChunk(msg) : undefined;
      if (chunk !== undefined) callback(chunk);
    },
  });
  return () => subscription.unsubscribe();
}

/** Reads a chunk. Undefined if the chunk is malformed or belongs to an unknown stream. */
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
