import { applyTopology, checkTopology, type StreamReport } from "../../broker/topology/apply.ts";
import { needsNewStream } from "../../broker/topology/drift.ts";
import { moveOldQueue, queueKind, type QueueKind } from "../../operate/move-old-queue.ts";
import { StewardError } from "../../protocol/errors.ts";
import { formatDuration } from "../../util/duration.ts";
import { durationOf } from "../arguments.ts";
import type { Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { print, printJson, printNote } from "../print.ts";

/**
 * Exits with 0 only if the streams are as this version of Steward expects. `init` exits with 1 if a stream differs,
 * even without options and after it has created the missing streams. This is because a script must not continue with a
 * queue that a person has configured differently.
 */
export const initCommand: Command = defineCommand({
  name: "init",
  group: "set up",
  impact: "writes",
  onlyReadsWhen: "with --check",
  onlyReads: ({ check }) => check === true,
  describe: "create missing streams and buckets on the broker, and report differences",
  options: {
    replicas: {
      type: "number",
      describe: "copies of each new stream, 1 to 5; default 1; use 3 on a cluster",
    },
    check: { type: "boolean", describe: "create nothing, only report missing streams and differences" },
    archive: {
      type: "string",
      value: "duration",
      describe: "keep the ACKs in an archive for this time, such as 365d",
    },
    "despite-old-daemons": {
      type: "boolean",
      describe: "move the queue of an older version although some nodes have older daemons",
    },
  },
  examples: [
    ["steward init", "on a single broker"],
    ["steward init --replicas 3 --archive 365d", "on a cluster, with an archive of one year"],
    ["steward init --check", "exit code 1 if something is missing or different"],
  ],
  run: async (args) => {
    const archive = durationOf("archive", args.archive);
    if (archive === 0) throw new StewardError("usage", "--archive 0s would keep nothing; give a duration such as 365d");
    const replicas = replicasOf(args.replicas);
    await using broker = await openFromArguments(args);
    const { nc, namespace } = broker;
    const despiteOldDaemons = args["despite-old-daemons"] === true;
    // If JetStream is off, or the credentials do not permit the requests, this throws. The move would wait for an answer.
    if (!args.check) await checkTopology(nc, { namespace, replicas, archive });
    const isMoved = !args.check && (await moveOldQueue(broker, { replicas, despiteOldDaemons, say: printNote }));
    const visit = args.check ? checkTopology : applyTopology;
    const report = (await visit(nc, { namespace, replicas, archive })).streams;
    const streams = isMoved ? report.map((one) => asMoved(one, broker.names.messages)) : report;
    const kind = args.check ? await queueKind(broker) : "present";
    if (args.json) {
      printJson({ namespace, streams });
    } else {
      print(streams.map(({ stream, kind: found }) => `${stream} ${found}`));
      const others = kind === "present" ? streams : streams.filter(({ stream }) => stream !== broker.names.messages);
      printNote([...oldQueueNote(kind, broker.names.messages), ...others.flatMap(complaints)]);
    }
    const asShipped = streams.every(({ kind: found }) => asExpected.has(found));
    return asShipped && kind === "present" ? exitCodes.succeeded : exitCodes.failed;
  },
});

const asExpected: ReadonlySet<StreamReport["kind"]> = new Set(["created", "ok", "moved"]);

function asMoved(report: StreamReport, queue: string): StreamReport {
  return report.stream === queue && report.kind === "ok" ? { kind: "moved", stream: queue } : report;
}

function oldQueueNote(kind: QueueKind, queue: string): string[] {
  if (kind === "present") return [];
  if (kind === "old") return [`${queue} is a work queue of an older version: move it with \`steward init\``];
  return [`the move of ${queue} has not ended: continue it with \`steward init\``];
}

function replicasOf(replicas: number | undefined): number | undefined {
  if (replicas === undefined || [1, 2, 3, 4, 5].includes(replicas)) return replicas;
  throw new StewardError("usage", "--replicas is the number of copies of each stream: give 1 to 5, such as 3");
}

/** One line for each problem: the name of the stream, the difference, and the advice. */
function complaints(report: StreamReport): string[] {
  const { stream } = report;
  if (report.kind === "missing") return [`${stream} is missing: create it with \`steward init\``];
  if (report.kind !== "drifted") return [];
  return report.drift.map((drift) => {
    const { field, expected, actual } = drift;
    const mend = needsNewStream(drift)
      ? `this cannot be edited: back up its messages with \`nats stream backup ${stream} FOLDER\`, ` +
        `remove it with \`nats stream rm ${stream}\`, and repeat \`steward init\``
      : `if this is not intended, set it back with \`nats stream edit ${stream}\``;
    return `${stream} differs: ${field} is ${show(field, actual)}, expected ${show(field, expected)}; ${mend}`;
  });
}

const nanoseconds = new Set(["max_age", "duplicate_window", "subject_delete_marker_ttl"]);

function show(field: string, value: unknown): string {
  if (nanoseconds.has(field) && typeof value === "number" && value > 0) return formatDuration(value / 1_000_000);
  return value === undefined ? "not set" : JSON.stringify(value);
}
