import type { Logger } from "pino";
import type { Broker } from "../broker/connection/broker.ts";
import { kvEntries } from "../broker/read/bucket.ts";
import type { Link } from "../broker/write/journal.ts";
import { kvPut } from "../broker/write/kv.ts";
import { StewardError } from "../protocol/errors.ts";
import {
  cut,
  holdOf,
  laneHoldKey,
  longestReason,
  parseLaneEntry,
  type LaneHold,
  type LaneResumed,
} from "../protocol/lane-hold.ts";
import { toJson } from "../util/json.ts";

/** How many lanes are kept, held or resumed, beside those that the node serves. */
const mostUnserved = 1000;

/**
 * Which lanes of the node begin no further message, and why. Each entry is stored in the state bucket before it counts
 * as made, so that it outlives the daemon; while a daemon runs, it alone writes them.
 */
export class LaneHolds {
  readonly #broker: Broker;
  readonly #node: string;
  readonly #log: Logger;
  readonly #signal: AbortSignal;
  readonly #isServed: (lane: string) => boolean;
  readonly #entries = new Map<string, LaneHold | LaneResumed>();
  /** The daemon drains: no lane begins a further message. Not stored, so it ends with the daemon. */
  isDraining = false;
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(broker: Broker, node: string, log: Logger, signal: AbortSignal, isServed: (lane: string) => boolean) {
    this.#broker = broker;
    this.#node = node;
    this.#log = log;
    this.#signal = signal;
    this.#isServed = isServed;
  }

  /** Reads what a former life left. */
  async load(): Promise<void> {
    const prefix = laneHoldKey(this.#node, "");
    const ask = () => kvEntries(this.#broker, this.#broker.names.nodesBucket, `${prefix}>`);
    for (const [key, value] of await this.#broker.untilAnswered(ask, this.#signal)) {
      const [lane, entry] = [key.slice(prefix.length), parseLaneEntry(value)];
      if (entry !== undefined && this.#hasRoom(lane)) this.#entries.set(lane, entry);
    }
    for (const [lane, { since, reason }] of this.all()) this.#log.warn({ lane, since }, `the lane is held: ${reason}`);
  }

  /** Whether a lane may begin a further message. */
  mayBegin(lane: string): boolean {
    return !this.isDraining && this.of(lane) === undefined;
  }

  /** The hold on a lane; undefined when it has none. */
  of(lane: string): LaneHold | undefined {
    return holdOf(this.#entries.get(lane));
  }

  all(): [lane: string, hold: LaneHold][] {
    return [...this.#entries.keys()].flatMap((lane) => {
      const hold = this.of(lane);
      return hold === undefined ? [] : [[lane, hold]];
    });
  }

  /**
   * Holds a lane; a quarantine stands until it is resumed, also against a pause. False when it was not stored.
   * @throws StewardError refused for one more lane that the node does not serve, where too many are held already
   */
  async hold(lane: string, hold: LaneHold): Promise<boolean> {
    const before = this.#entries.get(lane);
    if (before?.state === "quarantined" && hold.state === "paused") return true;
    if (!this.#hasRoom(lane)) {
      throw new StewardError("refused", `${mostUnserved} lanes that it does not serve are held, and no more can be`);
    }
    this.#log.error({ lane, by: hold.by }, `the lane is ${hold.state}: ${hold.reason}`);
    const reason = cut(hold.reason, longestReason);
    return this.#store(lane, { ...hold, reason, behind: hold.behind ?? before?.behind });
  }

  /** Holds a lane as the error kernel does. */
  async quarantine(lane: string, reason: string, behind?: number): Promise<boolean> {
    return this.hold(lane, { state: "quarantined", since: new Date().toISOString(), by: "kernel", reason, behind });
  }

  /**
   * True for a final ACK that was judged before: it may be met again, by a copy or after a crash. By its time as well,
   * since in a log that was made anew the sequences begin again.
   */
  isJudged(lane: string, { sequence, ack }: Link): boolean {
    const entry = this.#entries.get(lane);
    return entry !== undefined && sequence <= (entry.behind ?? 0) && (ack.finishedAt ?? "") <= entry.since;
  }

  /** Lets a lane go on. False when that was not stored: the next life will hold it again. */
  async resume(lane: string, by: string): Promise<boolean> {
    if (this.of(lane) === undefined) return true;
    const behind = this.#entries.get(lane)?.behind;
    this.#log.info({ lane, by }, "the lane is resumed");
    return this.#store(lane, { state: "resumed", since: new Date().toISOString(), by, behind });
  }

  /** Writes all entries again: the bucket may have been made anew. */
  async rewrite(): Promise<void> {
    for (const [lane, entry] of this.#entries) await this.#store(lane, entry);
  }

  /** The lanes that are served are few; names for others whoever asks for a pause may invent. */
  #hasRoom(lane: string): boolean {
    return this.#entries.size < mostUnserved || this.#entries.has(lane) || this.#isServed(lane);
  }

  async #store(lane: string, entry: LaneHold | LaneResumed): Promise<boolean> {
    // In force at once, also while the broker is away.
    this.#entries.set(lane, entry);
    const { nodesBucket } = this.#broker.names;
    const key = laneHoldKey(this.#node, lane);
    const write = () => kvPut(this.#broker, nodesBucket, key, toJson(entry), {}, this.#signal);
    // One after the other: a write that is repeated must not come over a later one.
    const writing = this.#lastWrite.then(write);
    this.#lastWrite = writing.catch(() => undefined);
    const stored = await writing;
    if (stored.kind === "refused") this.#log.error({ lane }, `this was not stored: ${stored.reason}`);
    return stored.kind === "stored";
  }
}
