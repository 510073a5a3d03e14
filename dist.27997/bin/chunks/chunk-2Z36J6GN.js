const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  protocol
} from "./chunk-7FO4PPIC.js";
import {
  kvPut
} from "./chunk-A7TW25KK.js";
import {
  parsePresence
} from "./chunk-EYZB2UB4.js";
import {
  isNotNow
} from "./chunk-IJB2EIWW.js";
import {
  kvLast
} from "./chunk-6KZYLPZB.js";
import {
  askNode
} from "./chunk-HDCA3CCY.js";
import {
  serverCodes
} from "./chunk-TZGZTI2Z.js";
import {
  toJson
} from "./chunk-VLDOLLNL.js";
import {
  StewardError,
  messageOf
} from "./chunk-IH65MIS5.js";

// src/exec/process-identity.ts
import { readFileSync as readFileSync2, readlinkSync } from "node:fs";
import { hostname } from "node:os";

// src/exec/process-stat.ts
import { existsSync, readFileSync } from "node:fs";
var hasProc = existsSync("/proc/self/stat");
function processStat(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ", 20);
    const [state, parent, group] = fields;
    return { alive: state !== "Z", parent: Number(parent), group: Number(group), startTicks: fields[19] ?? "" };
  } catch (error) {
    if (isNotNow(error)) throw error;
    return void 0;
  }
}
function exitStatus(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const status = Number(fields[49]);
    const isEnding = fields[0] === "Z" || status !== 0 && fields[0]?.toUpperCase() !== "T";
    return isEnding ? status : void 0;
  } catch {
    return void 0;
  }
}

// src/exec/process-identity.ts
function thisProcess() {
  return {
    host: hostname(),
    pid: process.pid,
    bootId: attempt(() => readFileSync2("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    pidNamespace: attempt(() => readlinkSync("/proc/self/ns/pid")),
    startTicks: attempt(() => processStat(process.pid)?.startTicks)
  };
}
function isGone(other) {
  const here = thisProcess();
  if (other.bootId === void 0 || other.pidNamespace === void 0 || other.host !== here.host) return false;
  if (other.bootId !== here.bootId) return true;
  if (other.pidNamespace !== here.pidNamespace) return false;
  try {
    const stat = processStat(other.pid);
    return stat?.alive !== true || stat.startTicks !== other.startTicks;
  } catch {
    return false;
  }
}
function identityText({ pidNamespace, pid, startTicks, bootId }) {
  return [pidNamespace, pid, startTicks, bootId].join("/");
}
function parseIdentity(text) {
  const [, pidNamespace, pid, startTicks, bootId] = /^(pid:\[\d+\])\/(\d+)\/(\d+)\/([0-9a-f-]+)$/.exec(text) ?? [];
  if (pidNamespace === void 0) return void 0;
  return { host: hostname(), pid: Number(pid), bootId, pidNamespace, startTicks };
}
function attempt(read) {
  try {
    return read();
  } catch {
    return void 0;
  }
}

// src/operate/lease.ts
import { setTimeout as delay } from "node:timers/promises";
var soon = 500;
var Lease = class {
  #options;
  #revision = 0;
  #timer;
  /** When the next renewal begins, by `performance.now()`. */
  #due = 0;
  #beating;
  #stopped = false;
  /** The presence has changed since the current renewal began. */
  #isStale = false;
  constructor(options) {
    this.#options = options;
  }
  /**
   * Takes the lease and keeps it. Waits while the former daemon may still be running. Takes over when no daemon
   * answers for the node, and its presence has expired or its process on this host has ended. Resolves to whether the
   * former daemon ended without releasing the lease, as far as is known.
   * @throws StewardError nodeTaken when another daemon holds it
   */
  async acquire() {
    const { settings, log, signal } = this.#options;
    for (let waited = false; ; waited = true) {
      const last = await this.#read();
      const holder = last?.value && parsePresence(last.value);
      if (last?.value === void 0 || await this.#mayTakeOver(holder)) {
        const wasLeft = last === void 0 ? await this.#wasAnnounced() : !last.isDeleted;
        if (await this.#write(last?.revision ?? 0)) {
          this.#keep();
          return wasLeft;
        }
      } else {
        if (!waited) log.warn(`waiting for the lease of ${settings.name}: ${describe(holder)} may still be running`);
        await delay(500, void 0, { signal });
      }
    }
  }
  /** True when the former daemon's presence has expired, but the info that it wrote about the node is still there. */
  async #wasAnnounced() {
    const { broker, settings, signal } = this.#options;
    return (await kvLast(broker, broker.names.nodesBucket, `${settings.name}.info`, signal))?.value !== void 0;
  }
  /** A renewal is in progress. */
  get isRenewing() {
    return this.#beating !== void 0;
  }
  /** Renews the lease soon, because the presence has changed. */
  renew() {
    if (this.#beating !== void 0) return void (this.#isStale = true);
    if (this.#timer === void 0 || this.#due <= performance.now() + soon) return;
    clearTimeout(this.#timer);
    this.#keep(soon);
  }
  /** Stops renewing the lease. */
  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
  /** Releases the lease, so that the node is seen as down at once and the next daemon need not wait. */
  async release() {
    this.stop();
    await Promise.race([this.#beating, delay(2e3, void 0, { ref: false })]);
    const { broker, settings } = this.#options;
    const bucket = broker.names.presenceBucket;
    const signal = AbortSignal.timeout(2e3);
    await kvPut(broker, bucket, settings.name, "", { after: this.#revision, operation: "DEL" }, signal).catch(() => {
    });
  }
  #keep(wait = this.#options.settings.presenceBeat * (0.9 + Math.random() / 5)) {
    if (this.#stopped) return;
    const beat = () => {
      this.#beating = this.#beat().finally(() => this.#beating = void 0);
    };
    const ms = this.#isStale ? soon : wait;
    this.#due = performance.now() + ms;
    this.#timer = setTimeout(beat, ms);
    this.#isStale = false;
  }
  async #beat() {
    const { log, signal, lost } = this.#options;
    try {
      if (!await this.#write(this.#revision)) await this.#reclaim();
      this.#keep();
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof StewardError) return lost(error);
      log.error(`the presence could not be renewed: ${messageOf(error)}`);
      this.#keep();
    }
  }
  /** The key has changed: it expired while the broker was unreachable, or another daemon has it now. */
  async #reclaim() {
    while (!this.#stopped) {
      const last = await this.#read();
      const holder = last?.value && parsePresence(last.value);
      if (last?.value !== void 0 && holder?.instance !== this.#options.presence().instance) {
        throw new StewardError("leaseLost", `${describe(holder)} has taken over this node`);
      }
      if (await this.#write(last?.revision ?? 0)) return;
    }
  }
  /** Whether a process on another host still runs is unknown. There the broker decides, by letting the key expire. */
  async #mayTakeOver(holder) {
    const { settings } = this.#options;
    let answer = await this.#askHolder();
    if (answer.kind === "silent") {
      await this.#read();
      answer = await this.#askHolder();
    }
    if (answer.kind === "nobody") return holder === void 0 || isGone(holder);
    const state = answer.kind === "silent" ? " is connected but does not answer (suspended?)" : "";
    throw new StewardError(
      "nodeTaken",
      `the node ${settings.name} is already running: ${describe(holder)}${state}; stop it first`
    );
  }
  #askHolder() {
    const { broker, settings, signal } = this.#options;
    return broker.untilAnswered(() => askNode(broker, settings.name, "status", 2e3), signal);
  }
  /** Writes the heartbeat after revision `after`; false when there is another revision. */
  async #write(after) {
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
    const last = await this.#read();
    const isMine = last?.value !== void 0 && parsePresence(last.value)?.instance === mine.instance;
    if (isMine) this.#revision = last.revision;
    return isMine;
  }
  async #read() {
    const { broker, settings, signal } = this.#options;
    return kvLast(broker, broker.names.presenceBucket, settings.name, signal);
  }
};
function describe(holder) {
  if (holder === void 0) return "a daemon whose presence this version of Steward cannot read";
  const { host, pid, instance, startedAt } = holder;
  return `the daemon ${instance} (process ${pid} on ${host}, started ${startedAt})`;
}

export {
  hasProc,
  processStat,
  exitStatus,
  thisProcess,
  isGone,
  identityText,
  parseIdentity,
  Lease
};
