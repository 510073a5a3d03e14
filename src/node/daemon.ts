import { setMaxListeners } from "node:events";
import type { Logger } from "pino";
import type { Broker } from "../broker/connection/broker.ts";
import { Journal } from "../broker/write/journal.ts";
import { Queue } from "../broker/write/queue.ts";
import { thisProcess } from "../exec/process-identity.ts";
import { builtInHandlers } from "../handlers/built-in.ts";
import { Registry } from "../handlers/registry.ts";
import { addUserHandlers } from "../handlers/worker/user-handlers.ts";
import type { Inbox } from "../inputs/inbox.ts";
import { Lease } from "../operate/lease.ts";
import type { NodeReport } from "../protocol/control.ts";
import { newId } from "../protocol/ids.ts";
import { lanesInBeat, type Presence } from "../protocol/presence.ts";
import { messageSubject } from "../protocol/subjects.ts";
import { atMost } from "../util/at-most.ts";
import { inheritedEnvironment, lifeEnvironment } from "./child-environment.ts";
import { serveNodeControl } from "./control.ts";
import { controlsOf } from "./controls.ts";
import { makeDataFolder } from "./data-folder.ts";
import { Dispatcher } from "./dispatcher.ts";
import { endGhosts } from "./ghosts.ts";
import { LaneHolds } from "./holds.ts";
import { feedFromInbox } from "./inbox-feed.ts";
import { Intake } from "./intake.ts";
import { Kernel } from "./kernel.ts";
import { laneBeat } from "./lane-report.ts";
import { LiveOutput } from "./live-output.ts";
import { announce, nodeInfo } from "./node-info.ts";
import { outside } from "./outside.ts";
import type { NodeSettings } from "./settings.ts";
import { untilStreamsAreThere } from "./streams.ts";
import { Suspects } from "./suspects.ts";
import { Troubles } from "./troubles.ts";
import { watch } from "./watchdog.ts";

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
  readonly #end: (error?: Error) => void;
  readonly #life = { instance: newId(), startedAt: new Date().toISOString(), ...thisProcess() };
  readonly #shutdown = new AbortController();
  readonly #inherited = inheritedEnvironment(process.env);
  readonly #registry: Registry;
  readonly #journal: Journal;
  readonly #queue: Queue;
  readonly #kernel: Kernel;
  readonly #holds: LaneHolds;
  readonly #troubles: Troubles;
  readonly #suspects = new Suspects(() => this.#dispatcher.running());
  readonly #liveOutput: LiveOutput;
  readonly #intake: Intake;
  readonly #dispatcher: Dispatcher;
  readonly #lease: Lease;
  #inbox: Inbox | undefined;
  #hasLease = false;
  #replaced = false;
  #starting: Promise<boolean> | undefined;
  #stopping: Promise<void> | undefined;

  /**
   * `end` is called when the daemon shall be stopped: with an error when it cannot go on because another one has taken
   * its place, in which case it writes nothing more, or by a verdict; without one when live control asks for it.
   */
  constructor(broker: Broker, settings: NodeSettings, log: Logger, end: (error?: Error) => void) {
    this.#broker = broker;
    this.#settings = settings;
    this.#log = log;
    this.#end = end;
    const { signal } = this.#shutdown;
    setMaxListeners(0, signal); // every lane may wait on it
    const { name, handlers = [] } = settings;
    const env = lifeEnvironment(this.#inherited, { ...this.#life, namespace: broker.namespace, node: name });
    const builtIn = builtInHandlers({ ...settings, env }, (text) => log.warn(text));
    this.#registry = new Registry([...builtIn, ...handlers]);
    this.#journal = new Journal(broker, signal, (reason) => log.error(reason));
    this.#queue = new Queue(broker);
    this.#kernel = new Kernel(settings);
    this.#holds = new LaneHolds(broker, name, log, signal, (lane) => this.#registry.has(lane));
    this.#troubles = new Troubles({ log, changed: () => this.#lease.renew(), signal });
    this.#liveOutput = new LiveOutput(broker, settings);
    this.#dispatcher = new Dispatcher({
      settings,
      kernel: this.#kernel,
      holds: this.#holds,
      troubles: this.#troubles,
      suspects: this.#suspects,
      ...outside({ broker, queue: this.#queue, ...this.#life, env, log, signal }),
      instance: this.#life.instance,
      journal: this.#journal,
      registry: this.#registry,
      log,
      shutdown: signal,
      brokerNow: () => this.#intake.brokerNow(),
      liveOutput: this.#liveOutput,
      acknowledge: (held) => this.#intake.acknowledge(held),
      fatal: (error) => this.#fail(error),
      shutDown: end,
    });
    const events = { deliver: this.#dispatcher.deliver.bind(this.#dispatcher), voided: () => this.#voided() };
    this.#intake = new Intake(broker, name, events, log, signal);
    const beats = { presence: () => this.#presence(), lost: (error: Error) => this.#fail(error) };
    this.#lease = new Lease({ broker, settings, log, signal, ...beats });
  }

  /**
   * Takes the node's lease and begins to work. Resolves to false when the daemon is stopped meanwhile, or was before.
   * @throws StewardError nodeTaken when another daemon runs the node, fileUnreadable when the data folder is unusable
   */
  async start(): Promise<boolean> {
    return (this.#starting ??= this.#startOnce());
  }

  async #startOnce(): Promise<boolean> {
    const steps: readonly (() => Promise<unknown>)[] = [
      () => makeDataFolder(this.#settings.dataDir),
      () => addUserHandlers(this.#settings, this.#registry, this.#inherited, this.#log),
      () => untilStreamsAreThere(this.#broker, this.#log, this.#shutdown.signal),
      () => this.#takeLease(),
      () => this.#holds.load(),
      async () => this.#serveControl(),
      () => endGhosts(this.#broker, this.#settings.name, this.#log, this.#shutdown.signal),
      async () => this.#broker.onConnection({ lost: () => this.#lost(), back: () => this.#back() }),
      () => this.#intake.resync("start"),
      async () => this.#suspects.settle(),
      () => this.#announce(),
      () => this.#begin(),
    ];
    try {
      for (const step of steps) if (this.#stopping === undefined) await step();
    } catch (error) {
      if (this.#stopping === undefined) throw error;
    }
    return this.#stopping === undefined;
  }

  /**
   * Stops in order: takes nothing more, lets what runs end within the drain timeout, leaves the rest queued. What still
   * runs then is cut off, and the journal says so: the next life runs it once more, unless that has happened before.
   */
  async stop(): Promise<void> {
    return (this.#stopping ??= this.#stopOnce());
  }

  /** Does not wait for what runs; for a second signal while stopping. */
  stopNow(): void {
    this.#shutdown.abort();
  }

  async #stopOnce(): Promise<void> {
    if (!this.#hasLease) return this.#shutdown.abort();
    this.#intake.stop();
    await this.#inbox?.stop();
    const drained = this.#dispatcher.stop();
    await atMost(this.#settings.drainTimeout, drained);
    await atMost(this.#settings.killGrace + goodbye, this.#dispatcher.cutOff());
    this.#shutdown.abort();
    await drained;
    // The last acknowledgements; without a connection they are not worth waiting for.
    await atMost(
      goodbye,
      this.#broker.flush().catch(() => {}),
    );
    if (!this.#replaced) await this.#lease.release();
  }

  async #takeLease(): Promise<void> {
    if (await this.#lease.acquire()) this.#suspects.begin();
    this.#hasLease = true;
    if (this.#stopping !== undefined) await this.#lease.release();
  }

  #serveControl(): void {
    const parts = { dispatcher: this.#dispatcher, holds: this.#holds, liveOutput: this.#liveOutput };
    const controls = controlsOf({ ...parts, status: () => this.#report(), stop: () => this.#end() });
    serveNodeControl(this.#broker, this.#settings, this.#life.instance, controls);
  }

  async #begin(): Promise<void> {
    const { inbox, name } = this.#settings;
    void this.#watch();
    if (inbox !== undefined) this.#inbox = feedFromInbox(inbox, name, this.#queue, this.#log, this.#troubles);
    await this.#inbox?.ready;
  }

  #fail(error: Error): void {
    this.#replaced = true;
    this.#intake.pause();
    this.#lease.stop();
    this.#shutdown.abort(error);
    this.#end(error);
  }

  #lost(): void {
    this.#log.warn("the connection to the broker is lost; reconnecting");
    this.#intake.pause();
  }

  /** Does no more than is needed to go on, since a whole fleet may be back at once; the watchdog sees to the rest. */
  #back(): void {
    this.#log.info("reconnected to the broker");
    void this.#intake.resync("reconnect");
  }

  /** The queue was made anew, and the buckets likely with it. */
  #voided(): void {
    this.#dispatcher.forget();
    void this.#announce();
  }

  async #announce(): Promise<void> {
    const info = nodeInfo(this.#settings, this.#life, this.#registry.names());
    await announce(this.#broker, this.#settings.name, info, this.#holds, this.#log, this.#shutdown.signal);
  }

  async #watch(): Promise<void> {
    const { namespace } = this.#broker;
    await watch({
      broker: this.#broker,
      node: this.#settings.name,
      intervalMs: this.#settings.watchdogInterval,
      intake: this.#intake,
      heldCount: () => this.#dispatcher.heldCount,
      held: () => new Set([...this.#dispatcher.held()].map(({ came }) => messageSubject(namespace, came))),
      isRenewing: () => this.#lease.isRenewing,
      announce: () => this.#announce(),
      log: this.#log,
      signal: this.#shutdown.signal,
    });
  }

  #presence(): Presence {
    const troubles = this.#troubles.list();
    return { ...this.#life, ...lanesInBeat(this.#dispatcher.lanes().map(laneBeat)), troubles };
  }

  #report(): NodeReport {
    const { draining } = this.#dispatcher;
    return { ...this.#presence(), draining, resyncs: this.#intake.resyncs, verdicts: this.#kernel.verdicts };
  }
}
