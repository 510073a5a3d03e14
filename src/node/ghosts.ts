import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { Broker } from "../broker/connection/broker.ts";
import { lastOnLeader } from "../broker/read/leader-get.ts";
import { queuedSubjects } from "../broker/read/queued.ts";
import { endProcesses, markedProcesses, showsEnvironments, type MarkedProcess } from "../exec/marked-processes.ts";
import { isGone, thisProcess } from "../exec/process-identity.ts";
import { isFinal, parseAck } from "../protocol/ack.ts";
import { messageOf } from "../protocol/errors.ts";
import { ackSubject, messageSubject, type Address } from "../protocol/subjects.ts";
import { isNotNow } from "../util/errno.ts";
import { markPrefix, parseMarks, parseWaitingMarks, type Life, type Run } from "./child-environment.ts";

/**
 * Ends what former lives of this node's daemon left running on this host when they died in the middle of it, so that no
 * message has its own ghost for company when it runs again. What a run that ended in order left behind, it left on
 * purpose. Waits for the broker.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function endGhosts(broker: Broker, node: string, log: Logger, signal: AbortSignal): Promise<void> {
  if (!showsEnvironments) return log.debug("this system does not show what a former life left running");
  const { namespace } = broker;
  await onceThereIsRoom(log, signal, () => endProcesses(() => waitingFor({ namespace, node })));
  const isOurs = (run: Run): boolean => run.namespace === namespace && run.address.node === node;
  const orphans = await onceThereIsRoom(log, signal, () => running((run) => isOurs(run) && hasLostItsDaemon(run)));
  const runs = new Map(orphans.map(({ run }) => [nameOf(run), run]));
  const cutOff = new Set<string>();
  const examine = async ([name, run]: [string, Run]): Promise<void> => {
    if (await broker.untilAnswered(() => wasCutOff(broker, run), signal)) cutOff.add(name);
  };
  await Promise.all([...runs].map(examine));
  if (cutOff.size > 0) await end(cutOff, log, signal);
}

/**
 * Ends what a run of a message has left behind in this life of the daemon, also what has left its process group, so
 * that the next run has no company.
 */
export async function endLeftovers(
  life: Pick<Run, "namespace" | "instance">,
  address: Address,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  await end(new Set([nameOf({ ...life, address })]), log, signal);
}

async function end(names: ReadonlySet<string>, log: Logger, signal: AbortSignal): Promise<void> {
  const { killed, left } = await onceThereIsRoom(log, signal, () =>
    endProcesses(() => running((run) => names.has(nameOf(run)))),
  );
  for (const { pid, run } of killed) log.info({ id: run.address.id, pid }, "ended what an earlier run had left");
  for (const { pid, run } of left) {
    log.error({ id: run.address.id, pid }, "what an earlier run had left cannot be ended, and runs on");
  }
}

/** What runs cannot be seen while the system has no room to look, and nothing may begin beside it. */
async function onceThereIsRoom<T>(log: Logger, signal: AbortSignal, look: () => T | Promise<T>): Promise<T> {
  for (let told = false; ; told = true) {
    try {
      return await look();
    } catch (error) {
      if (!isNotNow(error)) throw error;
      if (!told) log.error(`what an earlier run has left cannot be looked for, and is waited for: ${messageOf(error)}`);
      await delay(1000, undefined, { signal });
    }
  }
}

interface RunningProcess extends MarkedProcess {
  readonly run: Run;
}

function running(which: (run: Run) => boolean): RunningProcess[] {
  return markedProcesses(markPrefix).flatMap((one) => {
    const run = parseMarks(one.marks);
    return run !== undefined && which(run) ? [{ ...one, run }] : [];
  });
}

/** What a dead daemon of the node has told what to become, and has not become it yet. */
function waitingFor({ namespace, node }: Pick<Life, "namespace" | "node">): MarkedProcess[] {
  return markedProcesses(markPrefix).filter(({ marks }) => {
    const life = parseWaitingMarks(marks);
    return life?.namespace === namespace && life.node === node && hasLostItsDaemon(life);
  });
}

/** What one life of a daemon made of a message. */
function nameOf({ namespace, address, instance }: Omit<Run, "daemon">): string {
  return `${ackSubject(namespace, address)} ${instance}`;
}

/** Of a daemon in another container nobody here can tell. */
function hasLostItsDaemon({ daemon }: Pick<Run, "daemon">): boolean {
  return daemon.pidNamespace === thisProcess().pidNamespace && isGone(daemon);
}

/**
 * Whether the run's daemon did not come to record its end, or the message was cancelled. Without any ACK it may still
 * be in the queue; else it is another broker's.
 */
async function wasCutOff(broker: Broker, { namespace, address, instance }: Run): Promise<boolean> {
  const last = await lastOnLeader(broker, broker.names.acks, ackSubject(namespace, address));
  if (last === undefined) return (await queuedSubjects(broker, messageSubject(namespace, address))).size > 0;
  const ack = parseAck(last.data);
  return ack !== undefined && (!isFinal(ack) || ack.state === "cancelled" || ack.instance !== instance);
}
