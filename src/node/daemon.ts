import { setMaxListeners } from "node:events";
import { mkdir } from "node:fs/promises";
import { arch, hostname, platform, release } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { Broker } from "../broker/broker.ts";
import { Queue } from "../broker/enqueue.ts";
import { Journal } from "../broker/journal.ts";
import { kvPut } from "../broker/kv.ts";
import { readQueued, streamInfo } from "../broker/queue.ts";
import { builtInHandlers } from "../handlers/built-in.ts";
import { LogFiles } from "../handlers/log-files.ts";
import { Registry } from "../handlers/registry.ts";
import type { Inbox } from "../inputs/inbox.ts";
import type { Ack } from "../protocol/ack.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { newId } from "../protocol/ids.ts";
import type { Presence } from "../protocol/presence.ts";
import { messageSubject } from "../protocol/subjects.ts";
import { version } from "../protocol/version.ts";
import { childEnvironment, inheritedEnvironment } from "./child-environment.ts";
import { serveNodeControl, unserved } from "./control.ts";
import { Dispatcher } from "./dispatcher.ts";
import type { Held } from "./held.ts";
import { feedFromInbox } from "./inbox-feed.ts";
import { Intake } from "./intake.ts";
import { Lease } from "./lease.ts";
import { noticesOf } from "./notices.ts";
import { thisProcess } from "./process-identity.ts";
import type { NodeSettings } from "./settings.ts";
import { missesMessages } from "./watchdog.ts";

const week = 7 * 24 * 3_600_000;
/** How long a stop waits for what is only good manners, in milliseconds. */
const goodbye = 2000;

/**
 * The daemon of one node. A message's way through it:
 *
 *     Intake (delivery) → Dispatcher → Lane → MessageProcess (journal: started, final) → notices → acknowledgement
 */
export class NodeDaemon {
  readonly #broker: Broker;
  readonly #settings: NodeSettings;
  readonly #log: Logger;
  readonly #failed: (error: Error) => void;
  readonly #instance = newId();
  readonly #startedAt = new Date().toISOString();
  readonly #shutdown = new AbortController();
  readonly #logFiles: LogFiles;
  readonly #registry: Registry;
  readonly #journal: Journal;
  readonly #queue: Queue;
  readonly #intake: Intake;
  readonly #dispatcher: Dispatcher;
  readonly #lease: Lease;
  #journalKeeps = week;
  #inbox: Inbox | undefined;
  #replaced = false;
  #stopping: Promise<void> | undefined;

  /** `failed` is called when the daemon cannot go on, because another one has taken its place; it writes nothing more. */
  constructor(broker: Broker, settings: NodeSettings, log: Logger, failed: (error: Error) => void) {
    this.#broker = broker;
    this.#settings = settings;
    this.#log = log;
    this.#failed = failed;
    const { signal } = this.#shutdown;
    // Every lane may wait on it.
    setMaxListeners(0, signal);
    const { name, killGrace: killGraceMs, outputLimit } = settings;
    this.#logFiles = new LogFiles(join(settings.dataDir, "log"));
    this.#registry = new Registry(builtInHandlers({ killGraceMs, outputLimit }, this.#logFiles));
    this.#journal = new Journal(broker, signal, (reason) => log.error(reason));
    this.#queue = new Queue(broker);
    const inherited = inheritedEnvironment(process.env);
    this.#dispatcher = new Dispatcher({
      settings,
      instance: this.#instance,
      journal: this.#journal,
      registry: this.#registry,
      log,
      shutdown: signal,
      brokerNow: () => this.#intake.brokerNow(),
      journalKeeps: () => this.#journalKeeps,
      childEnv: (held) => childEnvironment(inherited, name, held, this.#instance),
      payloadOf: async (held) => {
        const place = { sequence: held.sequence, subject: this.#subjectOf(held) };
        return (await readQueued(broker, place, signal))?.data;
      },
      tell: (held, final) => this.#tell(held, final),
      acknowledge: (held) => this.#intake.acknowledge(held),
      fatal: (error) => this.#fail(error),
    });
    const events = {
      deliver: this.#dispatcher.deliver.bind(this.#dispatcher),
      voided: this.#dispatcher.forget.bind(this.#dispatcher),
    };
    this.#intake = new Intake(broker, name, events, log, signal);
    const presence = (): Presence => this.#presence();
    this.#lease = new Lease({ broker, settings, presence, log, signal, lost: (error) => this.#fail(error) });
  }

  /**
   * Takes the node's lease and begins to work.
   * @throws StewardError nodeTaken when another daemon runs the node, fileUnreadable when the data folder is unusable
   */
  async start(): Promise<void> {
    const { dataDir, inbox, name } = this.#settings;
    await mkdir(dataDir, { recursive: true }).catch((error: unknown) => {
      throw new StewardError("fileUnreadable", `the data folder cannot be made: ${messageOf(error)}`);
    });
    await this.#awaitStreams();
    await this.#lease.acquire();
    const { resyncs } = this.#intake;
    const status = () => ({ ...this.#presence(), draining: false, resyncs, verdicts: {} });
    serveNodeControl(this.#broker, this.#settings, this.#instance, { ...unserved, status });
    this.#broker.onConnection({ lost: () => this.#lost(), back: () => void this.#connected("reconnect") });
    await this.#connected("start");
    void this.#watch();
    this.#inbox = feedFromInbox(inbox, name, this.#queue, this.#log);
    await this.#inbox.ready;
  }

  /** The node may be started before its broker is set up. */
  async #awaitStreams(): Promise<void> {
    const { signal } = this.#shutdown;
    for (let tries = 0; ; tries++) {
      try {
        await this.#broker.untilAnswered(() => streamInfo(this.#broker, this.#broker.names.messages), signal);
        return;
      } catch (error) {
        if (!(error instanceof StewardError)) throw error;
        if (tries === 0) this.#log.warn(`${error.message}; waiting for it`);
        await this.#broker.backOff(tries, signal);
      }
    }
  }

  /**
   * Stops in order: takes nothing more, lets what runs end within the drain timeout, leaves the rest queued. What still
   * runs then is ended without a final ACK, so that the next life decides what becomes of it.
   */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stopOnce();
    await this.#stopping;
  }

  /** Does not wait for what runs; for a second signal while stopping. */
  stopNow(): void {
    this.#shutdown.abort();
  }

  async #stopOnce(): Promise<void> {
    const { drainTimeout } = this.#settings;
    this.#intake.stop();
    await this.#inbox?.stop();
    const drained = this.#dispatcher.stop();
    const alarm = setTimeout(() => this.#shutdown.abort(), drainTimeout);
    await drained;
    clearTimeout(alarm);
    // The last acknowledgements; without a connection they are not worth waiting for.
    await Promise.race([this.#broker.nc.flush().catch(() => {}), delay(goodbye, undefined, { ref: false })]);
    if (!this.#replaced) await this.#lease.release();
    this.#shutdown.abort();
    await Promise.race([this.#logFiles[Symbol.asyncDispose](), delay(goodbye, undefined, { ref: false })]);
  }

  #fail(error: Error): void {
    this.#replaced = true;
    this.#intake.pause();
    this.#lease.stop();
    this.#shutdown.abort(error);
    this.#failed(error);
  }

  #lost(): void {
    this.#log.warn("the connection to the broker is lost; reconnecting");
    this.#intake.pause();
  }

  async #connected(reason: "start" | "reconnect"): Promise<void> {
    if (reason === "reconnect") this.#log.info("reconnected to the broker");
    // Before anything comes in: what is older than this cannot be proved never to have run.
    this.#journalKeeps = await this.#journal.reach().catch(() => this.#journalKeeps);
    await this.#intake.resync(reason);
    await this.#announce().catch((error: unknown) => {
      if (!this.#shutdown.signal.aborted) this.#log.warn(`the node's info was not written: ${messageOf(error)}`);
    });
  }

  /** Writes what the node is. */
  async #announce(): Promise<void> {
    const { name, labels, central } = this.#settings;
    const info = {
      version,
      instance: this.#instance,
      startedAt: this.#startedAt,
      host: hostname(),
      os: `${platform()} ${release()} ${arch()}`,
      node: process.version,
      central,
      labels,
      subjects: this.#registry.names(),
    };
    const { nodesBucket } = this.#broker.names;
    await kvPut(this.#broker, nodesBucket, `${name}.info`, JSON.stringify(info), {}, this.#shutdown.signal);
  }

  /** Sends what follows from a final ACK: a failure to the central node, a result where the message asked for it. */
  async #tell(held: Held, final: Ack): Promise<void> {
    const { signal } = this.#shutdown;
    for (const notice of noticesOf(held.address, final, this.#settings)) {
      try {
        await this.#queue.prepare([notice.node], signal);
        await this.#queue.put([notice], signal);
      } catch (error) {
        signal.throwIfAborted();
        this.#log.error({ id: held.address.id, to: notice.node }, `a notice was not stored: ${messageOf(error)}`);
      }
    }
  }

  async #watch(): Promise<void> {
    const { signal } = this.#shutdown;
    const { name, watchdogInterval } = this.#settings;
    const subjects = (): Set<string> => new Set([...this.#dispatcher.held()].map((held) => this.#subjectOf(held)));
    while (!signal.aborted) {
      try {
        await delay(watchdogInterval, undefined, { signal, ref: false });
        if (await missesMessages(this.#broker, name, this.#dispatcher.heldCount, subjects, signal)) {
          this.#log.warn("the stream holds messages that were not delivered; resync");
          await this.#intake.resync("watchdog");
        }
      } catch (error) {
        if (!signal.aborted) this.#log.debug(`the watchdog could not look: ${messageOf(error)}`);
      }
    }
  }

  #subjectOf({ came }: Held): string {
    return messageSubject(this.#broker.namespace, came);
  }

  #presence(): Presence {
    const lanes = this.#dispatcher.lanes();
    return { instance: this.#instance, startedAt: this.#startedAt, lanes, ...thisProcess() };
  }
}
