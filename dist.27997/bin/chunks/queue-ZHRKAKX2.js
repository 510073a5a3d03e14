const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  filterOf,
  selectionOptions
} from "./chunk-IFH4VSKC.js";
import {
  ago,
  inOneUnit,
  table
} from "./chunk-B5MVZWQ5.js";
import {
  fitted,
  oneLine,
  shortened
} from "./chunk-WQBAR2TX.js";
import {
  connectFromArguments
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
import "./chunk-P6SB6KP3.js";
import {
  print,
  printJson,
  printNote
} from "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import "./chunk-U2N5OPV4.js";
import "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import {
  typeAndSubject
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import {
  __callDispose,
  __using
} from "./chunk-LCNIN5BG.js";

// src/cli/render/queue.ts
function queueTable(messages, now) {
  const head = ["STORED", "NODE", "LANE", "ID", "STATE", "FROM", "EXPIRES", "DATA"];
  return fittedTable(
    head,
    messages.map((message) => row(message, now))
  );
}
function row({ address, storedAt, state, hold, message, expiresAt, ack }, now) {
  const attempt = ack !== void 0 && ack.attempt > 1 ? ` attempt ${ack.attempt}` : "";
  const held = hold === void 0 || state !== "waiting" ? "" : ` (${hold.state})`;
  const data = message?.data.map((item) => shortened(item, mostData)).join(" ") ?? "(no message)";
  return [
    ago(storedAt, now),
    address.node,
    typeAndSubject(address),
    address.id,
    `${state}${attempt}${held}`,
    message?.from ?? "-",
    expiresAt === void 0 || state !== "waiting" ? "-" : `in ${inOneUnit(expiresAt - now)}`,
    shortened(oneLine(data), mostData) || "-"
  ];
}
var mostData = 60;
function lengthsTable(lengths, now) {
  const rows = lengths.map(({ node: node2, queued, oldest }) => [node2, String(queued), ago(oldest, now)]);
  return fittedTable(["NODE", "QUEUED", "OLDEST"], rows);
}
var lastMoment = Date.parse("9999-12-31T23:59:59.999Z");
function queuedJson({ address, storedAt, expiresAt, ack, ...rest }) {
  return {
    ...address,
    storedAt: new Date(storedAt).toISOString(),
    expiresAt: expiresAt === void 0 || expiresAt > lastMoment ? void 0 : new Date(expiresAt).toISOString(),
    attempt: ack?.attempt,
    startedAt: ack?.startedAt,
    ...rest
  };
}
function fittedTable(head, rows) {
  return table(head, rows).map((line) => fitted(line));
}

// src/cli/commands/queue.ts
var { node, subject, type } = selectionOptions;
var queueCommand = defineCommand({
  name: "queue",
  group: "look",
  impact: "reads",
  describe: "list the messages that wait or run, oldest first",
  options: {
    node,
    subject,
    type,
    limit: { type: "number", alias: "n", describe: "at most this many; default 100" },
    summary: { type: "boolean", describe: "only the number for each node" }
  },
  examples: [
    ["steward queue --node 'ship*'", "the oldest 100 messages of these nodes"],
    ["steward queue --summary", "the length of each node's queue, longest first"]
  ],
  run: async (args) => {
    const [filter, limit] = [filterOf(args), args.limit];
    if (limit === 0) throw new StewardError("usage", "--limit must be 1 or more");
    return args.summary ? summarise(filter, limit, args) : list(filter, limit ?? 100, args);
  }
});
async function list(filter, limit, args) {
  var _stack = [];
  try {
    const steward = __using(_stack, await connectFromArguments(args), true);
    const { messages, more, now } = await steward.queue({ ...filter, limit });
    if (args.json) {
      printJson({ messages: messages.map(queuedJson), more });
      return 0;
    }
    if (messages.length > 0) print(queueTable(messages, now));
    else printNote("no messages are queued or running");
    if (more !== 0) {
      printNote(`${more === void 0 ? "there may be more" : `${more} more`}: raise --limit, or count with --summary`);
    }
    return 0;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
async function summarise(filter, limit = Infinity, args) {
  var _stack = [];
  try {
    if ([filter.subject ?? []].flat().some((name) => name.includes("*"))) {
      throw new StewardError(
        "usage",
        "with --summary, --subject must be a whole name without *, because the broker counts the messages"
      );
    }
    const steward = __using(_stack, await connectFromArguments(args), true);
    const { lengths, now } = await steward.queueLengths(filter);
    const total = lengths.reduce((sum, { queued }) => sum + queued, 0);
    if (args.json) {
      const nodes = lengths.map((one) => ({ ...one, oldest: new Date(one.oldest).toISOString() }));
      printJson({ nodes: nodes.slice(0, limit), total });
      return 0;
    }
    if (lengths.length > 0) print(lengthsTable(lengths.slice(0, limit), now));
    printNote(
      total === 0 ? "no messages are queued or running" : `${total} on ${lengths.length} ${lengths.length === 1 ? "node" : "nodes"}`
    );
    return 0;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
export {
  queueCommand
};
