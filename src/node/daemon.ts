import type { Logger } from "pino";
import type { Broker } from "../broker/connection/broker.ts";
import { Journal } from "../broker/write/journal.ts";
import { Queue } from "../broker/write/queue.ts";
import { builtInHandlers } from "../handlers/built-in.ts";
import { Registry } from "../handlers/registry.ts";
import { addUserHandlers } from "../handlers/worker/user-handlers.ts";
import type { Inbox } from "../inputs/inbox.ts";
import { Lease } from "../operate/lease.ts";
import { newId } from "../protocol/ids.ts";
import { atMost } from "../util/at-most.ts";
import { onAbort } from "../util/on-abort.ts";
import { unlessAborted } from "../util/unless-aborted.ts";
import { announce, untilStreamsAreThere } from "./announce.ts";
import { QueuedPayloads } from "./backlog.ts";
import { inheritedEnvironment, commonEnvironment } from "./child-environment.ts";
import { Children } from "./children.ts";
import { BrokerClock } from "./clock.ts";
import { Controls, serveNodeControl } from "./control.ts";
import { makeDataFolder } from "./data-folder.ts";
import { Dispatcher } from "./dispatcher.ts";
import { endOrphans } from "./orphans.ts";
import { LaneHolds } from "./holds.ts";
import { feedFromInbox } from "./inbox-feed.ts";
import { Intake } from "./intake.ts";
import { Kernel } from "./kernel.ts";
import { Lanes } from "./lanes.ts";
import { LiveOutput } from "./live-output.ts";
import { Notices } from "./notices.ts";
import type { Parts } from "./parts.ts";
import { presenceOf } from "./presence.ts";
import { Remover } from "./remover.ts";
import type { NodeSettings } from "./settings.ts";
import { Shutdown } from "./shutdown.ts";
import { Suspects } from "./suspects.ts";
import { TakenMessages } from "./taken.ts";
import { Troubles } from "./troubles.ts";
import { watch } from "./watchdog.ts";

/** A stop waits at most this long for the last removals, in milliseconds. */
const goodbye = 2000;
/** The time in which the daemons of a fleet renew their presence after a common reconnection, in milliseconds. */
const renewalsMs = 5000;

/**
 * The daemon of one node. A message's way through it:
 *
 *     Intake → Dispatcher → Lane → MessageProcess (journal: started, final) → settle (notices, removal)
 */
export class NodeDaemon {
  readonly #parts: Parts;
  readonly #queue: Queue;
  readonly #inherited = inheritedEnvironment(process.env);
  readonly #intake: Intake;
  readonly #dispatcher: Dispatcher;
  readonly #lease: Lease;
  #inbox: Inbox | undefined;
  #hasLease = false;
  readonly #hurried = new AbortController();
  #starting: Promise<boolean> | undefined;
  #stopping: Promise<void> | undefined;

  /**
   * `end` is called when the daemon must stop. It gets an error if a verdict of the error kernel stops the daemon, or
   * if another daemon has taken its place. It gets no error if live control asks for the stop. A daemon whose place was
   * taken writes nothing more.
   */
  constructor(broker: Broker, settings: NodeSettings, log: Logger, end: (error?: Error) => void) {
    const lanes = new Lanes();
    this.#queue = new Queue(broker);
    this.#parts = this.#build(broker, settings, log, new Shutdown(end), lanes);
    const { shutdown } = this.#parts;
    const { signal } = shutdown;
    this.#dispatcher = new Dispatcher(this.#parts, lanes);
    this.#intake = new Intake(this.#parts, this.#dispatcher);
    const presence = () => presenceOf(this.#parts, this.#dispatcher);
    this.#lease = new Lease({ broker, settings, log, signal, presence, lost: (error) => shutdown.replaced(error) });
    onAbort(signal, () => {
      if (shutdown.isReplaced) this.#writeNothingMore();
    });
  }

  #build(broker: Broker, settings: NodeSettings, log: Logger, shutdown: Shutdown, lanes: Lanes): Parts {
    const { name, handlers = [] } = settings;
    const { namespace } = broker;
    const { signal } = shutdown;
    const instance = newId();
    const env = commonEnvironment(this.#inherited, { instance, namespace, node: name });
    const builtIn = builtInHandlers({ ...settings, env }, (text) => log.warn(text));
    const registry = new Registry([...builtIn, ...handlers]);
    const taken = new TakenMessages();
    return {
      settings,
      instance,
      startedAt: new Date().toISOString(),
      log,
      broker,
      clock: new BrokerClock(),
      journal: new Journal(broker, signal, (reason) => log.error(reason)),
      registry,
      kernel: new Kernel(settings),
      holds: new LaneHolds(broker, name, log, signal, (lane) => registry.has(lane)),
      notices: new Notices(this.#queue, log, signal),
      taken,
      payloads: new QueuedPayloads(broker, signal),
      remover: new Remover(broker, taken, log),
      children: new Children({ namespace, instance, env, log, signal }),
      liveOutput: new LiveOutput(broker, settings),
      suspects: new Suspects(lanes),
      troubles: new Troubles({ log, changed: () => this.#lease.renew(), signal }),
      shutdown,
    };
  }

  /**
   * Takes the node's lease and begins to work. Resolves to false if the daemon is stopped before the start has ended.
   * @throws StewardError nodeTaken when another daemon runs the node, fileUnreadable when the data folder is unusable
   */
  async start(): Promise<boolean> {
    return (this.#starting ??= this.#startOnce());
  }

  async #startOnce(): Promise<boolean> {
    const { settings, broker, registry, log, holds, suspects, shutdown } = this.#parts;
    const steps: readonly (() => Promise<unknown>)[] = [
      () => makeDataFolder(settings.dataDir),
      () => addUserHandlers(settings, registry, this.#inherited, log),
      () => untilStreamsAreThere(this.#parts),
      () => this.#takeLease(),
      () => holds.load(),
      async () => serveNodeControl(this.#parts, new Controls(this.#parts, this.#dispatcher, this.#intake)),
      () => endOrphans(broker, settings.name, log, shutdown.signal),
      async () => broker.onConnection({ lost: () => this.#lost(), back: () => this.#back() }),
      () => this.#intake.resync("start"),
      async () => suspects.settle(),
      () => announce(this.#parts),
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
   * Stops in order. The daemon takes no further messages, waits for the running messages until the drain timeout, and
   * leaves the waiting messages in the queue. Messages that still run after the drain timeout are cut off, and the
   * cut-off is recorded. After a restart these messages run once more, unless they were cut off before.
   */
  async stop(): Promise<void> {
    return (this.#stopping ??= this.#stopOnce());
  }

  /**
   * Called during a stop. Ends the running messages, and records that. A second call ends the daemon without waiting
   * for these records.
   */
  hurry(): void {
    if (this.#hurried.signal.aborted) this.#parts.shutdown.now();
    this.#hurried.abort();
  }

  async #stopOnce(): Promise<void> {
    const { settings, remover, shutdown } = this.#parts;
    if (!this.#hasLease) return shutdown.now();
    this.#intake.stop();
    await this.#inbox?.stop();
    const drained = this.#dispatcher.stop();
    const hurried = this.#hurried.signal;
    await atMost(settings.drainTimeout, unlessAborted(hurried, drained));
    await atMost(settings.killGrace + goodbye, this.#dispatcher.cutOff(hurried.aborted));
    shutdown.now();
    await drained;
    if (remover.isOpen) await atMost(goodbye, remover.done());
    if (!shutdown.isReplaced) await this.#lease.release();
  }

  async #takeLease(): Promise<void> {
    if (await this.#lease.acquire()) this.#parts.suspects.begin();
    this.#hasLease = true;
    if (this.#stopping !== undefined) await this.#lease.release();
  }

  async #begin(): Promise<void> {
    const { settings, log, troubles } = this.#parts;
    void watch({ parts: this.#parts, intake: this.#intake, lease: this.#lease });
    if (settings.inbox !== undefined) {
      this.#inbox = feedFromInbox(settings.inbox, settings.name, this.#queue, log, troubles);
    }
    await this.#inbox?.ready;
  }

  #writeNothingMore(): void {
    this.#intake.pause();
    this.#lease.stop();
  }

  #lost(): void {
    this.#parts.log.warn("the connection to the broker is lost; reconnecting");
    this.#intake.pause();
  }

  /** Does only the necessary work, because a whole fleet may reconnect at once. The watchdog checks the rest later. */
  #back(): void {
    this.#parts.log.info("reconnected to the broker");
    void this.#intake.resync("reconnect");
    // The broker may have lost the presence. A renewal in progress is repeated by itself.
    if (!this.#lease.isRenewing) this.#lease.renew(Math.random() * renewalsMs);
  }
}
