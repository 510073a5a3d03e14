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

/** If this number of lanes already has an entry, held or resumed, a lane without a handler gets no entry. */
const mostUnserved = 1000;

/**
 * The held lanes of the node, with the reasons. A held lane begins no further message. The state bucket stores each
 * entry, so that the entry outlives the daemon. Only the running daemon writes the entries.
 */
export class LaneHolds {
  readonly #broker: Broker;
  readonly #node: string;
  readonly #log: Logger;
  readonly #signal: AbortSignal;
  readonly #isServed: (lane: string) => boolean;
  readonly #entries = new Map<string, LaneHold | LaneResumed>();
  /**
   * True while the daemon drains: no lane begins a further message. The drain is not stored, so the drain ends with the
   * daemon.
   */
  isDraining = false;
  #lastWrite: Promise<unknown> = Promise.resolve();

  constructor(broker: Broker, node: string, log: Logger, signal: AbortSignal, isServed: (lane: string) => boolean) {
    this.#broker = broker;
    this.#node = node;
    this.#log = log;
    this.#signal = signal;
    this.#isServed = isServed;
  }

  /** Reads the entries that an earlier daemon stored. */
  async load(): Promise<void> {
    const prefix = laneHoldKey(this.#node, "");
    const ask = () => kvEntries(this.#broker, this.#broker.names.nodesBucket, `${prefix}>`);
    for (const [key, value] of await this.#broker.untilAnswered(ask, this.#signal)) {
      const [lane, entry] = [key.slice(prefix.length), parseLaneEntry(value)];
      if (entry !== undefined && this.#hasRoom(lane)) this.#entries.set(lane, entry);
    }
    for (const [lane, hold] of this.all()) this.#log.warn({ lane, since: hold.since, by: hold.by }, held(hold));
  }

  /** True if a lane may begin a further message. */
  mayBegin(lane: string): boolean {
    return !this.isDraining && this.of(lane) === undefined;
  }

  /** The hold on a lane. Undefined if the lane is not held. */
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
   * Holds a lane. A quarantine lasts until the lane is resumed. A pause does not replace a quarantine. False if the
   * hold was not stored.
   * @throws StewardError refused when the lane has no handler and too many lanes have an entry already
   */
  async hold(lane: string, hold: LaneHold): Promise<boolean> {
    const before = this.#entries.get(lane);
    if (before?.state === "quarantined" && hold.state === "paused") return true;
    if (!this.#hasRoom(lane)) {
      throw new StewardError("refused", `${mostUnserved} lanes without a handler are held already, which is the most`);
    }
    // An operator decides a pause, so a pause is not an error. A quarantine is an error of the lane.
    this.#log[hold.state === "paused" ? "info" : "error"]({ lane, by: hold.by }, held(hold));
    const reason = cut(hold.reason, longestReason);
    return this.#store(lane, { ...hold, reason, behind: hold.behind ?? before?.behind });
  }

  /** Holds a lane because of a verdict of the error kernel. */
  async quarantine(lane: string, reason: string, behind?: number): Promise<boolean> {
    return this.hold(lane, { state: "quarantined", since: new Date().toISOString(), by: "kernel", reason, behind });
  }

  /**
   * True for a final ACK that was judged before. A copy of the message or a crash may cause a second judgement. The
   * time is compared too, because the sequences start at 1 again after the log was deleted and created again.
   */
  isJudged(lane: string, { sequence, ack }: Link): boolean {
    const entry = this.#entries.get(lane);
    return entry !== undefined && sequence <= (entry.behind ?? 0) && (ack.finishedAt ?? "") <= entry.since;
  }

  /** Resumes a lane. False if the broker did not store the change. The next daemon will then hold the lane again. */
  async resume(lane: string, by: string): Promise<boolean> {
    if (this.of(lane) === undefined) return true;
    const behind = this.#entries.get(lane)?.behind;
    this.#log.info({ lane, by }, "the lane is resumed");
    return this.#store(lane, { state: "resumed", since: new Date().toISOString(), by, behind });
  }

  /** Writes all entries again, since the bucket may have been deleted and created again. */
  async rewrite(): Promise<void> {
    for (const [lane, entry] of this.#entries) await this.#store(lane, entry);
  }

  /**
   * There are few lanes with a handler. But a client that may pause lanes can invent any number of other lane names.
   */
  #hasRoom(lane: string): boolean {
    return this.#entries.size < mostUnserved || this.#entries.has(lane) || this.#isServed(lane);
  }

  async #store(lane: string, entry: LaneHold | LaneResumed): Promise<boolean> {
    // The lane is held at once, even if the broker cannot be reached.
    this.#entries.set(lane, entry);
    const { nodesBucket } = this.#broker.names;
    const key = laneHoldKey(this.#node, lane);
    const write = () => kvPut(this.#broker, nodesBucket, key, toJson(entry), {}, this.#signal);
    // Writes go one after the other, because a repeated write must not overwrite a later write.
    const writing = this.#lastWrite.then(write);
    this.#lastWrite = writing.catch(() => undefined);
    const stored = await writing;
    if (stored.kind === "refused") this.#log.error({ lane }, `the hold of the lane was not stored: ${stored.reason}`);
    return stored.kind === "stored";
  }
}

/** The text of the log line for a hold. A pause may have no reason. */
function held({ state, reason }: LaneHold): string {
  return [`the lane is ${state}`, reason].filter(Boolean).join(": ");
}
