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
 * Ends orphans: processes on this host that earlier daemons of this node left running after a crash. So a new attempt
 * never runs beside orphans of the previous attempt. Processes that a run left are kept if the run ended normally.
 * Waits for the broker.
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
 * Ends the processes that an earlier run of a message in this daemon left running, so that they do not run beside the
 * next run. Processes that have left the process group of the run are ended too.
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

/**
 * Repeats `look` until the system has the memory and descriptors to list its processes. The caller must not begin a run
 * before, because orphans could still run beside it.
 */
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

/** The children of starters of a dead daemon of the node that still wait for a program. */
function waitingFor({ namespace, node }: Pick<StartedBy, "namespace" | "node">): MarkedProcess[] {
  return markedProcesses(markPrefix).filter(({ marks }) => {
    const startedBy = parseWaitingMarks(marks);
    return startedBy?.namespace === namespace && startedBy.node === node && hasLostItsDaemon(startedBy);
  });
}

/** A name for all runs of one message in one daemon process. */
function nameOf({ namespace, address, instance }: Omit<Run, "daemon">): string {
  return `${ackSubject(namespace, address)} ${instance}`;
}

/**
 * True if the daemon that started the process has ended. False for a daemon in another container, because it is not
 * known whether that daemon runs.
 */
function hasLostItsDaemon({ daemon }: Pick<Run, "daemon">): boolean {
  return daemon.pidNamespace === thisProcess().pidNamespace && isGone(daemon);
}

/**
 * True if the run's daemon could not record the end of the run, or if the message was cancelled. A message without any
 * ACK is looked up in the queue. If the queue does not hold it, the run belongs to another broker, and its processes
 * are kept.
 */
async function wasCutOff(broker: Broker, { namespace, address, instance }: Run): Promise<boolean> {
  const last = await lastOnLeader(broker, broker.names.acks, ackSubject(namespace, address));
  if (last === undefined) return (await queuedSubjects(broker, messageSubject(namespace, address))).size > 0;
  const ack = parseAck(last.data);
  return ack !== undefined && (!isFinal(ack) || ack.state === "cancelled" || ack.instance !== instance);
}
