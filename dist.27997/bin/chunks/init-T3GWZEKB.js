const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  applyTopology,
  checkTopology
} from "./chunk-VHGRUKVH.js";
import {
  openFromArguments
} from "./chunk-BKPKBOXJ.js";
import "./chunk-XBJVBJ7E.js";
import "./chunk-WVDFGEIO.js";
import {
  durationOf,
  needsNewStream
} from "./chunk-OMTY7AFQ.js";
import "./chunk-MNJ7CHLS.js";
import "./chunk-3XC6KFQ2.js";
import {
  defineCommand
} from "./chunk-7C3OR7HS.js";
import "./chunk-TZGZTI2Z.js";
import "./chunk-Y6JR37Y7.js";
import "./chunk-EUBKYWQP.js";
import "./chunk-66VHQECK.js";
import "./chunk-T43TWJCU.js";
import "./chunk-NGO76LME.js";
import "./chunk-REHHFAQD.js";
import "./chunk-WV5YP3BK.js";
import {
  exitCodes
} from "./chunk-P6SB6KP3.js";
import {
  print,
  printJson,
  printNote
} from "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import {
  formatDuration
} from "./chunk-CFOZLGDG.js";
import "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import {
  __callDispose,
  __using
} from "./chunk-LCNIN5BG.js";

// src/cli/commands/init.ts
var initCommand = defineCommand({
  name: "init",
  group: "set up",
  impact: "writes",
  onlyReadsWhen: "with --check",
  onlyReads: ({ check }) => check === true,
  describe: "create missing streams and buckets on the broker, and report differences",
  options: {
    replicas: {
      type: "number",
      describe: "copies of each new stream, 1 to 5; default 1; use 3 on a cluster"
    },
    check: { type: "boolean", describe: "create nothing, only report missing streams and differences" },
    archive: {
      type: "string",
      value: "duration",
      describe: "keep the ACKs in an archive for this time, such as 365d"
    }
  },
  examples: [
    ["steward init", "on a single broker"],
    ["steward init --replicas 3 --archive 365d", "on a cluster, with an archive of one year"],
    ["steward init --check", "exit code 1 if something is missing or different"]
  ],
  run: async (args) => {
    var _stack = [];
    try {
      const archive = durationOf("archive", args.archive);
      if (archive === 0) throw new StewardError("usage", "--archive 0s would keep nothing; give a duration such as 365d");
      const replicas = replicasOf(args.replicas);
      const broker = __using(_stack, await openFromArguments(args), true);
      const { nc, namespace } = broker;
      const visit = args.check ? checkTopology : applyTopology;
      const { streams } = await visit(nc, { namespace, replicas, archive });
      if (args.json) {
        printJson({ namespace, streams });
      } else {
        print(streams.map(({ stream, kind }) => `${stream} ${kind}`));
        printNote(streams.flatMap(complaints));
      }
      const asShipped = streams.every(({ kind }) => kind === "created" || kind === "ok");
      return asShipped ? exitCodes.succeeded : exitCodes.failed;
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  }
});
function replicasOf(replicas) {
  if (replicas === void 0 || [1, 2, 3, 4, 5].includes(replicas)) return replicas;
  throw new StewardError("usage", "--replicas is the number of copies of each stream: give 1 to 5, such as 3");
}
function complaints(report) {
  const { stream } = report;
  if (report.kind === "missing") return [`${stream} is missing: create it with \`steward init\``];
  if (report.kind !== "drifted") return [];
  return report.drift.map((drift) => {
    const { field, expected, actual } = drift;
    const mend = needsNewStream(drift) ? `this cannot be edited: back up its messages with \`nats stream backup ${stream} FOLDER\`, remove it with \`nats stream rm ${stream}\`, and repeat \`steward init\`` : `if this is not intended, set it back with \`nats stream edit ${stream}\``;
    return `${stream} differs: ${field} is ${show(field, actual)}, expected ${show(field, expected)}; ${mend}`;
  });
}
var nanoseconds = /* @__PURE__ */ new Set(["max_age", "duplicate_window", "subject_delete_marker_ttl"]);
function show(field, value) {
  if (nanoseconds.has(field) && typeof value === "number" && value > 0) return formatDuration(value / 1e6);
  return value === void 0 ? "not set" : JSON.stringify(value);
}
export {
  initCommand
};
