import { pino } from "pino";
import * as v from "valibot";
import type { Journal, Link } from "../../../src/broker/write/journal.ts";
import { defineHandler, type Handler } from "../../../src/handlers/define.ts";
import { Registry } from "../../../src/handlers/registry.ts";
import { Kernel } from "../../../src/node/kernel.ts";
import type { ProcessEnvironment } from "../../../src/node/message-process.ts";
import { nodeDefaults } from "../../../src/node/settings.ts";
import { Suspects } from "../../../src/node/suspects.ts";
import { Troubles } from "../../../src/node/troubles.ts";
import type { Ack } from "../../../src/protocol/ack.ts";
import { ackSubject, type Address } from "../../../src/protocol/subjects.ts";
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

  tellsSince: Journal["tellsSince"] = async () => Date.now() - 7 * 24 * 3_600_000 + 3_600_000;

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

type Changes = Partial<Omit<ProcessEnvironment, "journal" | "registry" | "settings">> & {
  readonly settings?: Partial<ProcessEnvironment["settings"]>;
};

/** What the processes of the daemon `me` of `ship1` share: a journal in memory, and the handlers given. */
export function processEnvironment(
  journal: MemoryJournal,
  handlers: readonly Handler[],
  { settings, ...changes }: Changes = {},
): ProcessEnvironment {
  const all = { ...nodeDefaults, name: "ship1", dataDir: "", inbox: "", retryWait: 0, ...settings };
  return {
    settings: all,
    kernel: new Kernel(all),
    instance: "me",
    suspects: new Suspects(() => 0),
    journal: journal as unknown as Journal,
    registry: new Registry(handlers),
    brokerNow: Date.now,
    childEnv: () => ({}),
    liveOutput: { begin: () => ({ write: () => {}, end: () => {} }) },
    endLeftovers: async () => {},
    troubles: new Troubles({ log: pino({ enabled: false }), changed: () => {}, signal: new AbortController().signal }),
    ...changes,
  };
}
