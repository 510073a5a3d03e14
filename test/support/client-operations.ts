/** One thing that a client says to a server: `PUB`, `HPUB`, `SUB`, `PING`, … */
export interface ClientOperation {
  readonly verb: string;
  /** Of what is published or subscribed to; empty otherwise. */
  readonly subject: string;
  /** The text of its headers, and what is published; empty where there is none. */
  readonly headers: string;
  readonly payload: string;
  /** All its bytes, as they travel. */
  readonly bytes: Buffer;
}

/** Cuts what a client sends into its operations, wherever the chunks end. */
export class ClientOperations {
  #rest: Buffer = Buffer.alloc(0);

  /** The operations that are whole with this chunk, in their order. */
  push(chunk: Buffer): ClientOperation[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const found: ClientOperation[] = [];
    for (let next = readOne(this.#rest); next !== undefined; next = readOne(this.#rest)) {
      found.push(next);
      this.#rest = this.#rest.subarray(next.bytes.length);
    }
    return found;
  }
}

function readOne(buffer: Buffer): ClientOperation | undefined {
  const end = buffer.indexOf("\r\n");
  if (end < 0) return undefined;
  const [verb = "", subject = "", ...rest] = buffer.toString("utf8", 0, end).split(" ");
  const begin = end + 2;
  if (verb !== "PUB" && verb !== "HPUB") {
    const named = verb === "SUB" ? subject : "";
    return { verb, subject: named, headers: "", payload: "", bytes: buffer.subarray(0, begin) };
  }
  const total = Number(rest.at(-1));
  const ofHeaders = verb === "HPUB" ? Number(rest.at(-2)) : 0;
  if (buffer.length < begin + total + 2) return undefined;
  const headers = buffer.toString("utf8", begin, begin + ofHeaders);
  const payload = buffer.toString("utf8", begin + ofHeaders, begin + total);
  return { verb, subject, headers, payload, bytes: buffer.subarray(0, begin + total + 2) };
}
