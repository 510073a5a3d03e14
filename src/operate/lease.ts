import { setTimeout as delay } from "node:timers/promises";
import type { Broker } from "../broker/connection/broker.ts";
import { serverCodes } from "../broker/connection/server-codes.ts";
import { askNode, type ControlAnswer } from "../broker/control/ask-node.ts";
import { kvLast, type KvEntry } from "../broker/read/bucket.ts";
import { kvDelete, kvPut } from "../broker/write/kv.ts";
import { isGone } from "../exec/process-identity.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { protocol } from "../protocol/features.ts";
import { parsePresence, type Presence } from "../protocol/presence.ts";
import { toJson } from "../util/json.ts";

export interface LeaseOptions {
  readonly broker: Broker;
  readonly settings: {
    readonly name: string;
    /** The interval at which the lease is renewed, and the time for which the lease is valid, in milliseconds. */
    readonly presenceBeat: number;
    readonly presenceTtl: number;
    /** The longer interval of a daemon that has nothing to do; by default `presenceBeat`. */
    readonly presenceIdleBeat?: number;
  };
  /** The current heartbeat. */
  readonly presence: () => Presence;
  readonly log: { warn(text: string): void; error(text: string): void };
  readonly signal: AbortSignal;
  /** Called when another daemon has taken the lease. */
  readonly lost: (error: StewardError) => void;
}

/**
 * The delay after which a change of the presence is published, in milliseconds. Without the delay, frequent changes
 * would flood the broker.
 */
const soon = 500;
/**
 * If a heartbeat is stored after the one before has expired, another one follows after this time, in milliseconds. The
 * broker removes an expired heartbeat with a marker. If it stores the marker after the new heartbeat, the marker
 * removes the new one too.
 */
const afterMarker = 5000;
/** A renewal that takes longer than this time, in milliseconds, shows that the link is slow or the broker is busy. */
const quickMs = 1000;

/**
 * The lease of a daemon is the presence key of its node. The key expires, and the daemon renews the key with a
 * compare-and-set on the last revision. The lease prevents two daemons on one node in all usual cases. In the other
 * cases, the journal prevents harm.
 */
export class Lease {
  readonly #options: LeaseOptions;
  #revision = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The time at which the next renewal begins at the latest, by `performance.now()`. */
  #due = 0;
  #beating: Promise<void> | undefined;
  #stopped = false;
  /** True if the presence has changed since the current renewal began. */
  #isStale = false;
  /** The time by which the last heartbeat has expired, by `performance.now()`. */
  #expires = Infinity;
  /** The last heartbeat. Undefined if the broker did not store it quickly. */
  #stored: string | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /**
   * Takes the lease and keeps it. Waits while the former daemon may still run. It does not run any more if no daemon is
   * connected for the node, and if its presence has expired or its process on this host has ended. Resolves to true if
   * the former daemon did not release the lease, as far as this is known.
   * @throws StewardError nodeTaken if another daemon holds the lease
   */
  async acquire(): Promise<boolean> {
    const { settings, log, signal } = this.#options;
    for (let waited = false; ; waited = true) {
      const last = await this.#read();
      const holder = last?.value && parsePresence(last.value);
      if (last?.value === undefined || (await this.#mayTakeOver(holder))) {
        const wasLeft = last === undefined ? await this.#wasAnnounced() : !last.isDeleted;
        if (await this.#writeFirst(last?.revision ?? 0)) {
          this.#keep();
          return wasLeft;
        }
      } else {
        if (!waited) log.warn(`waiting for the lease of ${settings.name}: ${describe(holder)} may still be running`);
        await delay(500, undefined, { signal });
      }
    }
  }

  /**
   * True if a former daemon has written the node's info. Called if the bucket has no entry of its presence any more.
   */
  async #wasAnnounced(): Promise<boolean> {
    const { broker, settings, signal } = this.#options;
    return (await kvLast(broker, broker.names.nodesBucket, `${settings.name}.info`, signal))?.value !== undefined;
  }

  /** True if a renewal is in progress. */
  get isRenewing(): boolean {
    return this.#beating !== undefined;
  }

  /** Renews the lease soon, or in so many milliseconds, because the presence has changed or may be lost. */
  renew(ms: number = soon): void {
    if (this.#beating !== undefined) return void (this.#isStale = true);
    // A renewal that is due earlier is kept. Otherwise frequent changes would postpone the renewal again and again.
    if (this.#timer === undefined || this.#due <= performance.now() + ms) return;
    clearTimeout(this.#timer);
    this.#renewIn(ms);
  }

  /** Stops renewing the lease. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Releases the lease. So the node is shown as down at once, and the next daemon does not need to wait. */
  async release(): Promise<void> {
    this.stop();
    // A renewal in progress may still be stored. The release must come after it.
    await Promise.race([this.#beating, delay(2000, undefined, { ref: false })]);
    const { broker, settings } = this.#options;
    const bucket = broker.names.presenceBucket;
    const signal = AbortSignal.timeout(2000);
    await kvDelete(broker, bucket, settings.name, this.#revision, signal).catch(() => {});
  }

  /**
   * Renews the lease after `presenceBeat`. If the daemon is idle at that time, it renews the lease only after the
   * longer interval.
   */
  #keep(): void {
    if (this.#isStale) return this.#renewIn(soon);
    const { presenceBeat, presenceIdleBeat = presenceBeat } = this.#options.settings;
    const rest = spread(presenceIdleBeat - presenceBeat);
    this.#after(spread(presenceBeat), () => (rest > 0 && this.#isIdle() ? this.#renewIn(rest) : this.#begin()));
    this.#due += rest;
  }

  #renewIn(ms: number): void {
    this.#after(ms, () => this.#begin());
  }

  #after(ms: number, then: () => void): void {
    if (this.#stopped) return;
    this.#due = performance.now() + ms;
    this.#timer = setTimeout(then, ms);
    this.#isStale = false;
  }

  #begin(): void {
    this.#beating = this.#beat().finally(() => (this.#beating = undefined));
  }

  /**
   * True if nothing runs or waits, if the heartbeat would be the same again, and if the last one was stored quickly. So
   * a daemon on a slow link or with a busy broker does not count as idle, because its next heartbeat may take long.
   */
  #isIdle(): boolean {
    const mine = this.#options.presence();
    const { running = 1, waiting = 1 } = mine.counts ?? {};
    return running + waiting === 0 && beatText(mine) === this.#stored;
  }

  async #beat(): Promise<void> {
    const { settings, log, signal, lost } = this.#options;
    const expires = this.#expires;
    try {
      if (!(await this.#write(this.#revision))) await this.#reclaim();
      if (performance.now() < expires) this.#keep();
      else this.#renewIn(Math.min(afterMarker, settings.presenceBeat));
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof StewardError) return lost(error);
      log.error(`the presence could not be renewed: ${messageOf(error)}`);
      this.#keep();
    }
  }

  /**
   * Takes the lease again after its key has changed. The key may have expired while the broker was unreachable. If
   * another daemon holds the lease now, throws `leaseLost`.
   */
  async #reclaim(): Promise<void> {
    while (!this.#stopped) {
      const last = await this.#read();
      const holder = last?.value && parsePresence(last.value);
      if (last?.value !== undefined && holder?.instance !== this.#options.presence().instance) {
        throw new StewardError("leaseLost", `${describe(holder)} has taken over this node`);
      }
      if (await this.#write(last?.revision ?? 0)) return;
    }
  }

  /**
   * True if the lease of the former daemon may be taken. A process on another host cannot be checked, so its lease may
   * be taken only after the broker has let the key expire.
   */
  async #mayTakeOver(holder: Presence | undefined): Promise<boolean> {
    const { settings } = this.#options;
    let answer = await this.#askHolder();
    if (answer.kind === "silent") {
      // The broker may have been the silent one. So the holder is asked again after the broker has answered a read.
      await this.#read();
      answer = await this.#askHolder();
    }
    if (answer.kind === "nobody") return holder === undefined || isGone(holder);
    const state = answer.kind === "silent" ? " is connected but does not answer (suspended?)" : "";
    throw new StewardError(
      "nodeTaken",
      `the node ${settings.name} is already running: ${describe(holder)}${state}; stop it first`,
    );
  }

  #askHolder(): Promise<ControlAnswer> {
    const { broker, settings, signal } = this.#options;
    return broker.untilAnswered(() => askNode(broker, settings.name, "status", 2000), signal);
  }

  /**
   * Like `#write`, but throws if the broker refuses the write: without a presence, other processes would not know that
   * this daemon holds the lease.
   */
  async #writeFirst(after: number): Promise<boolean> {
    try {
      return await this.#write(after);
    } catch (error) {
      const { settings, signal } = this.#options;
      if (signal.aborted || error instanceof StewardError) throw error;
      const text = `the broker refused to store the presence of ${settings.name}: ${messageOf(error)}`;
      throw new StewardError("brokerRefused", text, { cause: error });
    }
  }

  /** Writes the heartbeat after revision `after`. Returns false if the key has another revision. */
  async #write(after: number): Promise<boolean> {
    const { broker, settings, presence, signal } = this.#options;
    const { presenceBucket } = broker.names;
    const mine = presence();
    const text = beatText(mine);
    const begun = performance.now();
    const write = { after, ttlMs: settings.presenceTtl };
    const result = await kvPut(broker, presenceBucket, settings.name, text, write, signal);
    this.#stored = performance.now() - begun < quickMs ? text : undefined;
    this.#expires = performance.now() + settings.presenceTtl;
    if (result.kind === "stored") {
      this.#revision = result.sequence;
      return true;
    }
    if (result.code !== serverCodes.wrongLastSequence) throw new Error(result.reason);
    // The other revision may be this same heartbeat, if the first answer of the broker was lost.
    const last = await this.#read();
    const isMine = last?.value !== undefined && parsePresence(last.value)?.instance === mine.instance;
    if (isMine) this.#revision = last.revision;
    return isMine;
  }

  async #read(): Promise<KvEntry | undefined> {
    const { broker, settings, signal } = this.#options;
    return kvLast(broker, broker.names.presenceBucket, settings.name, signal);
  }
}

function beatText(presence: Presence): string {
  return toJson({ ...presence, protocol });
}

/**
 * A random time between four fifths of `ms` and `ms`, so that the nodes of a fleet do not all write at the same moment.
 */
function spread(ms: number): number {
  return ms * (0.8 + Math.random() / 5);
}

function describe(holder: Presence | undefined): string {
  if (holder === undefined) return "a daemon whose presence this version of Steward cannot read";
  const { host, pid, instance, startedAt } = holder;
  return `the daemon ${instance} (process ${pid} on ${host}, started ${startedAt})`;
}
