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
import { markPrefix, parseMarks, parseWaitingMarks, type StartedBy, type Run } from "./child-environment.ts";

/**
 * Ends the processes on this host that earlier daemons of this node left running when they crashed, so that a rerun
 * never overlaps the orphans of its previous attempt. Processes left by a run that ended normally are kept. Waits for
 * the broker.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function endOrphans(broker: Broker, node: string, log: Logger, signal: AbortSignal): Promise<void> {
  if (!showsEnvironments) return log.debug("this system does not show processes that an earlier daemon left running");
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
 * Ends the processes that an earlier run of a message in this daemon left behind, including those that left its process
 * group, so that they do not overlap the next run.
 */
export async function endLeftovers(
  daemon: Pick<Run, "namespace" | "instance">,
  address: Address,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  await end(new Set([nameOf({ ...daemon, address })]), log, signal);
}

async function end(names: ReadonlySet<string>, log: Logger, signal: AbortSignal): Promise<void> {
  const { killed, left } = await onceThereIsRoom(log, signal, () =>
    endProcesses(() => running((run) => names.has(nameOf(run)))),
  );
  for (const { pid, run } of killed)
    log.info({ id: run.address.id, pid }, "ended a process that an earlier run had left");
  for (const { pid, run } of left) {
    log.error({ id: run.address.id, pid }, "cannot end a process that an earlier run had left; it keeps running");
  }
}

/** While the system has no memory or descriptors to list its processes, nothing may begin that could overlap them. */
async function onceThereIsRoom<T>(log: Logger, signal: AbortSignal, look: () => T | Promise<T>): Promise<T> {
  for (let isLogged = false; ; isLogged = true) {
    try {
      return await look();
    } catch (error) {
      if (!isNotNow(error)) throw error;
      if (!isLogged)
        log.error(
          `cannot list the processes that earlier runs left; waiting until it is possible: ${messageOf(error)}`,
        );
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

/** Processes that a dead daemon of the node started, and that still wait to become a program. */
function waitingFor({ namespace, node }: Pick<StartedBy, "namespace" | "node">): MarkedProcess[] {
  return markedProcesses(markPrefix).filter(({ marks }) => {
    const startedBy = parseWaitingMarks(marks);
    return startedBy?.namespace === namespace && startedBy.node === node && hasLostItsDaemon(startedBy);
  });
}

/** One message as one daemon process ran it. */
function nameOf({ namespace, address, instance }: Omit<Run, "daemon">): string {
  return `${ackSubject(namespace, address)} ${instance}`;
}

/** Whether the process's daemon has ended. For a daemon in another container this cannot be known. */
function hasLostItsDaemon({ daemon }: Pick<Run, "daemon">): boolean {
  return daemon.pidNamespace === thisProcess().pidNamespace && isGone(daemon);
}

/**
 * Whether the run's daemon could not record its end, or the message was cancelled. Without any ACK the message may
 * still be in the queue; if it is not, it belongs to another broker.
 */
async function wasCutOff(broker: Broker, { namespace, address, instance }: Run): Promise<boolean> {
  const last = await lastOnLeader(broker, broker.names.acks, ackSubject(namespace, address));
  if (last === undefined) return (await queuedSubjects(broker, messageSubject(namespace, address))).size > 0;
  const ack = parseAck(last.data);
  return ack !== undefined && (!isFinal(ack) || ack.state === "cancelled" || ack.instance !== instance);
}
