import { pino } from "pino";
import * as v from "valibot";
import type { Journal, Link } from "../../../src/broker/write/journal.ts";
import { defineHandler, type Handler } from "../../../src/handlers/define.ts";
import { Registry } from "../../../src/handlers/registry.ts";
import { Remover } from "../../../src/node/remover.ts";
import type { QueuedPayloads } from "../../../src/node/backlog.ts";
import type { Children } from "../../../src/node/children.ts";
import type { BrokerClock } from "../../../src/node/clock.ts";
import { LaneHolds } from "../../../src/node/holds.ts";
import { Kernel } from "../../../src/node/kernel.ts";
import type { LiveOutput } from "../../../src/node/live-output.ts";
import type { Notices } from "../../../src/node/notices.ts";
import type { Parts } from "../../../src/node/parts.ts";
import { nodeDefaults } from "../../../src/node/settings.ts";
import { Shutdown } from "../../../src/node/shutdown.ts";
import { Suspects } from "../../../src/node/suspects.ts";
import { TakenMessages } from "../../../src/node/taken.ts";
import { Troubles } from "../../../src/node/troubles.ts";
import type { Ack } from "../../../src/protocol/ack.ts";
import { ackSubject, type Address } from "../../../src/protocol/subjects.ts";
import { scriptedBroker } from "../broker/support.ts";
import { quiet } from "./support.ts";

/** The journal's contract, in memory. */
export class MemoryJournal {
  readonly #chains = new Map<string, Link[]>();
  #sequence = 0;
  /** While true, what is written is stored some turns of the event loop later, as over a network. */
  slow = false;

  write: Journal["write"] = async (address, ack, after) => {
    if (this.slow) for (let turn = 0; turn < 3; turn++) await quiet();
    const standing = this.#chain(address).at(-1);
    if ((standing?.sequence ?? 0) === after) return { kind: "stored", sequence: this.add(address, ack) };
    return { kind: "conflict", link: standing! };
  };

  last: Journal["last"] = async (address) => this.#chain(address).at(-1);

  reachesBackTo: Journal["reachesBackTo"] = async () => Date.now() - 7 * 24 * 3_600_000 + 3_600_000;

  /** Stores what somebody else wrote; returns its sequence. */
  add(address: Address, ack: Ack): number {
    this.#sequence += 1;
    this.#chain(address).push({ sequence: this.#sequence, ack });
    return this.#sequence;
  }

  acks(address: Address): Ack[] {
    return this.#chain(address).map(({ ack }) => ack);
  }

  states(address: Address): string[] {
    return this.acks(address).map(({ state, attempt }) => `${state} ${attempt}`);
  }

  #chain(address: Address): Link[] {
    const subject = ackSubject("steward", address);
    const chain = this.#chains.get(subject) ?? [];
    this.#chains.set(subject, chain);
    return chain;
  }
}

/** A handler of `command.ping` that succeeds with nothing, unless the changes say otherwise. */
export function handlerWith(changes: Partial<Handler> = {}): Handler {
  return defineHandler({
    messageType: "command",
    subject: "ping",
    describe: "for a test",
    data: v.array(v.string()),
    run: async () => ({}),
    ...changes,
  });
}

type Changes = Partial<Omit<Parts, "settings">> & { readonly settings?: Partial<Parts["settings"]> };

/** What the daemon `me` of `ship1` is made of: a journal in memory, the handlers given, and a broker that is silent. */
export function testParts(
  journal: MemoryJournal,
  handlers: readonly Handler[],
  { settings: changed, ...changes }: Changes = {},
): Parts {
  const settings = { ...nodeDefaults, name: "ship1", dataDir: "", retryWait: 0, ...changed };
  const { broker } = scriptedBroker(() => new Promise(() => {}));
  const log = pino({ level: "silent" });
  const shutdown = changes.shutdown ?? new Shutdown(() => {});
  const { signal } = shutdown;
  const taken = changes.taken ?? new TakenMessages();
  return {
    settings,
    instance: "me",
    startedAt: "2026-01-31T12:00:00.000Z",
    log,
    broker,
    clock: { now: Date.now } as BrokerClock,
    journal: journal as unknown as Journal,
    registry: new Registry(handlers),
    kernel: new Kernel(settings),
    holds: new LaneHolds(broker, "ship1", log, signal, () => true),
    notices: { send: async () => {} } as unknown as Notices,
    taken,
    payloads: { one: async () => undefined, many: async () => new Map() } as unknown as QueuedPayloads,
    remover: new Remover(broker, taken, log),
    children: childrenWith(),
    liveOutput: { begin: () => ({ write: () => {}, end: () => {} }) } as unknown as LiveOutput,
    suspects: new Suspects({ running: 0 }),
    troubles: new Troubles({ log, changed: () => {}, signal }),
    shutdown,
    ...changes,
  };
}

/** Starts nothing, and leaves nothing behind, unless the changes say otherwise. */
export function childrenWith(changes: Partial<Children> = {}): Children {
  return { environmentFor: () => ({}), endLeftovers: async () => {}, ...changes } as Children;
}
