import * as v from "valibot";
import { isSilence, type Broker } from "../broker/connection/broker.ts";
import { askNode, type ControlAnswer } from "../broker/control/ask-node.ts";
import type { OutputStream } from "../protocol/ack.ts";
import { outputAnswerSchema, type OutputRequest } from "../protocol/control.ts";
import type { Address } from "../protocol/subjects.ts";
import type { Slots } from "../util/slots.ts";

/**
 * A part of the output that a daemon keeps for a run. `bytes` starts at `offset`. `totals` is the total number of bytes
 * of each stream.
 */
export interface KeptPiece {
  readonly kind: "kept";
  readonly offset: number;
  readonly bytes: Buffer;
  readonly totals: Readonly<Record<OutputStream, number>>;
}

/**
 * `lost`: the daemon keeps no output of the run, or there is no daemon. `later`: no answer came, and a later request
 * may get one.
 */
export type AskedOutput = KeptPiece | { readonly kind: "lost" | "later" };

/**
 * The number of bytes in one request, and the time for the answer in milliseconds. On a slow link, a request asks for
 * fewer bytes and waits longer.
 */
const mostBytes = 256 * 1024;
const leastBytes = 8 * 1024;
const shortestWait = 5000;
const longestWait = 20_000;
/**
 * How long to ask for the rest of the output of an ended run, in milliseconds: `nobody` if no daemon is connected,
 * `silent` if the daemon does not answer. A longer wait is useless, because the daemon drops the output after 30 s.
 */
const patience = { nobody: 5000, silent: 30_000 };

/** Asks the daemon for the output of one run. */
export class OutputAsker {
  readonly #broker: Broker;
  readonly #address: Address;
  readonly #attempt: number;
  readonly #slots: Slots;
  #bytes = mostBytes;
  #wait = shortestWait;
  #tries = 0;
  #overSince: number | undefined;

  constructor(broker: Broker, address: Address, attempt: number, slots: Slots) {
    this.#broker = broker;
    this.#address = address;
    this.#attempt = attempt;
    this.#slots = slots;
  }

  /**
   * Asks once. If no answer comes, pauses before it returns; each pause is longer than the one before. If `isOver` is
   * true and no answer comes for a limited time, the output counts as lost.
   */
  async ask(stream: OutputStream, offset: number, isOver: boolean, signal: AbortSignal): Promise<AskedOutput> {
    if (isOver) this.#overSince ??= performance.now();
    const answer = await this.#askOnce(stream, offset);
    if (answer.kind === "refused") return { kind: "lost" };
    if (answer.kind === "answered") {
      this.#tries = 0;
      const read = v.safeParse(outputAnswerSchema, answer.body);
      if (!read.success) return { kind: "lost" };
      const { data, totals, offset: at } = read.output;
      return { kind: "kept", offset: at, bytes: Buffer.from(data, "base64"), totals };
    }
    if (answer.kind === "silent") {
      this.#bytes = Math.max(leastBytes, this.#bytes / 4);
      this.#wait = Math.min(longestWait, this.#wait * 2);
    }
    if (this.#overSince !== undefined && performance.now() - this.#overSince > patience[answer.kind]) {
      return { kind: "lost" };
    }
    await this.#broker.backOff(this.#tries++, signal);
    return { kind: "later" };
  }

  async #askOnce(stream: OutputStream, offset: number): Promise<ControlAnswer> {
    const { messageType, subject, id, node } = this.#address;
    const limit = this.#bytes;
    const request: OutputRequest = { messageType, subject, id, attempt: this.#attempt, stream, offset, limit };
    try {
      return await this.#slots.use(() => askNode(this.#broker, node, "output", this.#wait, request));
    } catch (error) {
      if (this.#broker.nc.isClosed() || !isSilence(error)) throw error;
      return { kind: "silent" }; // The connection was lost. The connection may be back at the next request.
    }
  }
}
