import type { Logger } from "pino";
import type { Broker } from "../broker/connection/broker.ts";
import { readQueued } from "../broker/read/queued.ts";
import type { Queue } from "../broker/write/queue.ts";
import { messageSubject } from "../protocol/subjects.ts";
import { childEnvironment } from "./child-environment.ts";
import type { DispatcherEnvironment } from "./dispatcher.ts";
import { endLeftovers } from "./ghosts.ts";
import type { Held } from "./held.ts";
import { payloadsOf } from "./payloads.ts";
import { tell } from "./tell.ts";

export interface Outside {
  readonly broker: Broker;
  readonly queue: Queue;
  /** This life of the daemon. */
  readonly instance: string;
  /** What the environments of its child processes have in common. */
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** How the dispatcher and its lanes reach the queue, and what runs on this host. */
export function outside({
  broker,
  queue,
  instance,
  env,
  log,
  signal,
}: Outside): Pick<DispatcherEnvironment, "childEnv" | "payloadOf" | "payloadsOf" | "endLeftovers" | "tell"> {
  /** Those whose handler asked for the environment that marks what it starts. */
  const mayHaveStarted = new WeakSet<Held>();
  const life = { namespace: broker.namespace, instance };
  return {
    childEnv: (held) => {
      mayHaveStarted.add(held);
      return childEnvironment(env, held.address);
    },
    payloadOf: async ({ sequence, came }) => {
      const subject = messageSubject(broker.namespace, came);
      return (await readQueued(broker, { sequence, subject }, signal))?.data;
    },
    payloadsOf: (held) => payloadsOf(broker, held),
    endLeftovers: async (held) => {
      if (mayHaveStarted.has(held)) await endLeftovers(life, held.address, log, signal);
    },
    tell: (notices) => tell(queue, notices, log, signal),
  };
}
