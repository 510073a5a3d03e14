import { setTimeout as delay } from "node:timers/promises";
import type { Broker } from "../broker/connection/broker.ts";
import { serverCodes } from "../broker/connection/server-codes.ts";
import { askNode, type ControlAnswer } from "../broker/control/ask-node.ts";
import { kvLast, type KvEntry } from "../broker/read/bucket.ts";
import { kvPut } from "../broker/write/kv.ts";
import { isGone } from "../exec/process-identity.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { protocol } from "../protocol/features.ts";
import { parsePresence, type Presence } from "../protocol/presence.ts";
import { toJson } from "../util/json.ts";

export interface LeaseOptions {
  readonly broker: Broker;
  readonly settings: {
    readonly name: string;
    /** How often the lease is renewed, and how long it lasts, in milliseconds. */
    readonly presenceBeat: number;
    readonly presenceTtl: number;
  };
  /** What the heartbeat says now. */
  readonly presence: () => Presence;
  readonly log: { warn(text: string): void; error(text: string): void };
  readonly signal: AbortSignal;
  /** The lease went to another daemon. */
  readonly lost: (error: StewardError) => void;
}

/** How soon what is new is said, in milliseconds: what comes and goes must not flood the broker. */
const soon = 500;

/**
 * The presence of a node is its daemon's lease: a key that expires, renewed with a compare-and-set on its last
 * revision. It keeps two daemons from running one node by mistake; what keeps them from doing harm is the journal.
 */
export class Lease {
  readonly #options: LeaseOptions;
  #revision = 0;
  #timer: NodeJS.Timeout | undefined;
  /** When the next renewal begins, as `performance.now()` tells it. */
  #due = 0;
  #beating: Promise<void> | undefined;
  #stopped = false;
  /** What a renewal under way says is old by now. */
  #isStale = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /**
   * Takes the lease and keeps it. Waits while the former daemon may still be there; takes over when nobody answers for
   * the node and its presence has expired or its process is gone from this host. Resolves to whether the former
   * life ended without giving the lease up, as far as can be seen.
   * @throws StewardError nodeTaken when another daemon holds it
   */
  async acquire(): Promise<boolean> {
    const { settings, log, signal } = this.#options;
    for (let waited = false; ; waited = true) {
      const last = await this.#read();
      const holder = last?.value && parsePresence(last.value);
      if (last?.value === undefined || (await this.#mayTakeOver(holder))) {
        const wasLeft = last === undefined ? await this.#wasAnnounced() : !last.isDeleted;
        if (await this.#write(last?.revision ?? 0)) {
          this.#keep();
          return wasLeft;
        }
      } else {
        if (!waited) log.warn(`waiting for the lease of ${settings.name}: ${describe(holder)} may still be alive`);
        await delay(500, undefined, { signal });
      }
    }
  }

  /** So long after the end of a former life its presence has left nothing behind; what it wrote of the node is there. */
  async #wasAnnounced(): Promise<boolean> {
    const { broker, settings, signal } = this.#options;
    return (await kvLast(broker, broker.names.nodesBucket, `${settings.name}.info`, signal))?.value !== undefined;
  }

  /** A renewal has begun, and is not answered yet. */
  get isRenewing(): boolean {
    return this.#beating !== undefined;
  }

  /** Renews the lease soon: there is something new to say. */
  renew(): void {
    if (this.#beating !== undefined) return void (this.#isStale = true);
    // One that is due sooner stands: what changes again and again must not put it off for ever.
    if (this.#timer === undefined || this.#due <= performance.now() + soon) return;
    clearTimeout(this.#timer);
    this.#keep(soon);
  }

  /** Renews the lease no more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Gives the lease up, so that the node is seen as down at once and a next daemon need not wait. */
  async release(): Promise<void> {
    this.stop();
    // A renewal under way may be stored yet, and what is given up stands behind it.
    await Promise.race([this.#beating, delay(2000, undefined, { ref: false })]);
    const { broker, settings } = this.#options;
    const bucket = broker.names.presenceBucket;
    const signal = AbortSignal.timeout(2000);
    await kvPut(broker, bucket, settings.name, "", { after: this.#revision, operation: "DEL" }, signal).catch(() => {});
  }

  #keep(wait: number = this.#options.settings.presenceBeat * (0.9 + Math.random() / 5)): void {
    if (this.#stopped) return;
    const beat = (): void => {
      this.#beating = this.#beat().finally(() => (this.#beating = undefined));
    };
    const ms = this.#isStale ? soon : wait;
    this.#due = performance.now() + ms;
    this.#timer = setTimeout(beat, ms);
    this.#isStale = false;
  }

  async #beat(): Promise<void> {
    const { log, signal, lost } = this.#options;
    try {
      if (!(await this.#write(this.#revision))) await this.#reclaim();
      this.#keep();
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof StewardError) return lost(error);
      log.error(`the presence could not be renewed: ${messageOf(error)}`);
      this.#keep();
    }
  }

  /** The key is not as this daemon left it: expired while the broker was out of reach, or another's now. */
  async #reclaim(): Promise<void> {
    while (!this.#stopped) {
      const last = await this.#read();
      const holder = last?.value && parsePresence(last.value);
      if (last?.value !== undefined && holder?.instance !== this.#options.presence().instance) {
        throw new StewardError("leaseLost", `${describe(holder)} has taken this node over`);
      }
      if (await this.#write(last?.revision ?? 0)) return;
    }
  }

  /** On another host nobody can say whether the process is gone: there the broker decides, by letting the key expire. */
  async #mayTakeOver(holder: Presence | undefined): Promise<boolean> {
    const { settings } = this.#options;
    let answer = await this.#askHolder();
    if (answer.kind === "silent") {
      // Perhaps it was the broker that was away. Asked again while that answers, only a silent holder stays silent.
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

  /** Writes the heartbeat behind `after`; false when something else stands there. */
  async #write(after: number): Promise<boolean> {
    const { broker, settings, presence, signal } = this.#options;
    const { presenceBucket } = broker.names;
    const mine = presence();
    const write = { after, ttlMs: settings.presenceTtl };
    const result = await kvPut(broker, presenceBucket, settings.name, toJson({ ...mine, protocol }), write, signal);
    if (result.kind === "stored") {
      this.#revision = result.sequence;
      return true;
    }
    if (result.code !== serverCodes.wrongLastSequence) throw new Error(result.reason);
    // Perhaps it is this very heartbeat, whose first answer was lost.
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

function describe(holder: Presence | undefined): string {
  if (holder === undefined) return "a daemon whose presence this version of Steward does not read";
  const { host, pid, instance, startedAt } = holder;
  return `the daemon ${instance} (process ${pid} on ${host}, started ${startedAt})`;
}
