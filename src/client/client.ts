import type { ConnectionEvents } from "../broker/connection/broker.ts";
import { run, send, sendAll } from "./deliver.ts";
import { prepare, resolve } from "./draft.ts";
import { attach } from "./sent.ts";
import type { Session } from "./session.ts";
import type { Groups, Schedules, Steward } from "./steward.ts";

const later = {
  groups: () => import("./groups.ts"),
  lanes: () => import("./lanes.ts"),
  lines: () => import("./lines.ts"),
  log: () => import("./log.ts"),
  nodes: () => import("./nodes.ts"),
  queue: () => import("./queue.ts"),
  replay: () => import("./replay.ts"),
  retire: () => import("./retire.ts"),
  schedules: () => import("./schedules.ts"),
  trace: () => import("./trace.ts"),
};

/**
 * A client and its session. The code for a send is loaded with the client. Each other call loads its own code first.
 */
export class Client implements Steward {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  get from(): string {
    return this.#session.from;
  }

  send: Steward["send"] = (what, options) => send(this.#session, what, options);
  sendAll: Steward["sendAll"] = (what, options) => sendAll(this.#session, what, options);
  run: Steward["run"] = (what, options) => run(this.#session, what, { ...options });
  attach: Steward["attach"] = (id, options) => attach(this.#session, id, options);
  prepare: Steward["prepare"] = (what, options = {}) => this.#session.run(options, () => prepare(this.#session, what));
  resolve: Steward["resolve"] = (targets, options = {}) =>
    this.#session.run(options, () => resolve(this.#session, targets));
  replay: Steward["replay"] = async (id, options) => this.send(await this.prepareReplay(id, options), options);
  prepareReplay: Steward["prepareReplay"] = async (...args) =>
    (await later.replay()).prepareReplay(this.#session, ...args);
  forward: Steward["forward"] = async (...args) => (await later.lines()).forward(this.#session, ...args);

  nodes: Steward["nodes"] = async (...args) => (await later.nodes()).nodes(this.#session, ...args);
  node: Steward["node"] = async (...args) => (await later.nodes()).node(this.#session, ...args);
  nodeChanges: Steward["nodeChanges"] = (...args) =>
    lazily(async () => (await later.nodes()).nodeChanges(this.#session, ...args));

  log: Steward["log"] = (...args) => lazily(async () => (await later.log()).log(this.#session, ...args));
  errors: Steward["errors"] = (...args) => lazily(async () => (await later.log()).errors(this.#session, ...args));
  watch: Steward["watch"] = async (...args) => (await later.log()).watch(this.#session, ...args);
  queue: Steward["queue"] = async (...args) => (await later.queue()).queue(this.#session, ...args);
  queueLengths: Steward["queueLengths"] = async (...args) => (await later.queue()).queueLengths(this.#session, ...args);
  places: Steward["places"] = async (...args) => (await later.trace()).places(this.#session, ...args);
  trace: Steward["trace"] = (...args) => lazily(async () => (await later.trace()).trace(this.#session, ...args));
  whereabouts: Steward["whereabouts"] = async (...args) => (await later.trace()).whereabouts(this.#session, ...args);

  lanes: Steward["lanes"] = async (...args) => (await later.lanes()).lanes(this.#session, ...args);
  daemon: Steward["daemon"] = async (...args) => (await later.lanes()).daemon(this.#session, ...args);
  lane: Steward["lane"] = async (node, lane, verb, options = {}) =>
    (await later.lanes()).control(this.#session, node, verb, { ...options, lane });
  control: Steward["control"] = async (...args) => (await later.lanes()).control(this.#session, ...args);
  traces: Steward["traces"] = async (...args) => (await later.retire()).traces(this.#session, ...args);
  retire: Steward["retire"] = async (...args) => (await later.retire()).retire(this.#session, ...args);

  readonly schedules: Schedules = {
    put: async (...args) => (await later.schedules()).putSchedule(this.#session, ...args),
    plan: async (...args) => (await later.schedules()).planRule(this.#session, ...args),
    list: async (...args) => (await later.schedules()).listSchedules(this.#session, ...args),
    remove: async (...args) => (await later.schedules()).removeSchedule(this.#session, ...args),
  };

  readonly groups: Groups = {
    set: async (...args) => (await later.groups()).changeGroup(this.#session, "set", ...args),
    add: async (...args) => (await later.groups()).changeGroup(this.#session, "add", ...args),
    list: async (...args) => (await later.groups()).listGroups(this.#session, ...args),
    remove: async (...args) => (await later.groups()).removeGroup(this.#session, ...args),
  };

  onConnection({ lost, back }: ConnectionEvents): () => void {
    const { broker } = this.#session;
    return broker.onConnection({
      ...(lost && { lost }),
      // `back` is called only after the broker has received the subscriptions again.
      ...(back && { back: () => void broker.flush().then(back, () => undefined) }),
    });
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** Loads the code of a source, and then yields the items of the source. */
async function* lazily<T>(begin: () => Promise<AsyncIterable<T>>): AsyncGenerator<T, void, undefined> {
  yield* await begin();
}
