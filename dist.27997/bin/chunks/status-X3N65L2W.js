const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  ackLine
} from "./chunk-HGG327CP.js";
import {
  filterOf,
  selectionOptions
} from "./chunk-IFH4VSKC.js";
import {
  inOneUnit
} from "./chunk-B5MVZWQ5.js";
import {
  fitted,
  oneLine
} from "./chunk-WQBAR2TX.js";
import {
  stateOf
} from "./chunk-PYOLEW22.js";
import {
  selects
} from "./chunk-W2TYMEDE.js";
import "./chunk-XDSV7F2Y.js";
import "./chunk-6KZYLPZB.js";
import "./chunk-HDCA3CCY.js";
import "./chunk-KBGVZMHU.js";
import "./chunk-2PVYTS73.js";
import {
  connectFromArguments,
  count,
  countsOf,
  emptySummary,
  gaps,
  indentedOutput,
  messageIdOf,
  outputBytes
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
  harmlessBytes,
  jsonLine,
  print,
  printNote,
  printPart,
  stdout,
  writeOutput
} from "./chunk-VLDOLLNL.js";
import "./chunk-3WOP4O5A.js";
import {
  isFinal
} from "./chunk-U2N5OPV4.js";
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

// src/cli/render/timeline.ts
function timeline(status, whereabouts, now = Date.now()) {
  const { message, history } = status;
  const lines = message === void 0 ? [] : [`${message.createdAt} ${placeOf(status)} ${sentText(message, status)}`];
  let shown;
  for (const entry of history) {
    const { ack } = entry;
    const instance = ack.instance === shown || isCancelledInQueue(ack) ? [] : [`  by ${instanceOf(ack, whereabouts)}`];
    shown = ack.instance;
    lines.push(...isFinal(ack) ? [...instance, ackLine(entry)] : [ackLine(entry), ...instance]);
  }
  const last = history.at(-1)?.ack;
  if (last === void 0) lines.push(queuedLine(status, whereabouts));
  else if (!isFinal(last)) lines.push(runningLine(last, whereabouts, now));
  return lines;
}
function standingLine(status) {
  const last = status.history.at(-1);
  return last === void 0 ? queuedLine(status) : ackLine(last);
}
function sentText(message, { address }) {
  const { from, timeout, retries = 0, retryWait, expires, delivery, reply, replayOf } = message;
  const parts = [`${message.id === address.id ? "sent" : `scheduled as ${message.id}`} by ${from}`];
  if (replayOf !== void 0) parts.push(`replay of ${replayOf}`);
  if (timeout !== void 0) parts.push(`timeout ${timeout}`);
  if (retries > 0) parts.push(`retries ${retries}${retryWait === void 0 ? "" : ` after ${retryWait}`}`);
  const begun = expires === void 0 ? "" : ` within ${expires}`;
  if (delivery === "atMostOnce") parts.push(`at most once${begun}`);
  else if (expires !== void 0) parts.push(`expires ${expires}`);
  if (reply !== void 0) parts.push(`reply to ${reply.node}.${reply.subject}`);
  return parts.join(", ");
}
function placeOf({ address }) {
  return `${address.node} ${typeAndSubject(address)} ${address.id}`;
}
function queuedLine(status, whereabouts) {
  const { address, storedAt = "-" } = status;
  const head = `${storedAt} ${placeOf(status)} ${stateOf(status)}`;
  if (status.standing === "expired") {
    if (whereabouts === void 0) return `${head} in the queue; its node has not recorded that yet`;
    return `${head} in the queue; ${address.node} records it when ${whereabouts.up ? "its turn comes" : "it is up again"}`;
  }
  if (whereabouts === void 0) return head;
  const { up, hold, trouble } = whereabouts;
  const held = hold === void 0 ? [] : [`its lane is ${hold.state} by ${hold.by}: ${oneLine(hold.reason)}`];
  const blocked = trouble === void 0 ? [] : [`its lane is blocked: ${oneLine(trouble.message)} (${trouble.code})`];
  if (status.standing === "running") return [head, ...blocked].join("; ");
  return [head, `${address.node} is ${up ? "up" : "down"}`, ...held, ...blocked].join("; ");
}
function instanceOf({ instance }, { life }) {
  return `instance ${instance}${life?.instance === instance ? ` on ${life.host}` : ""}`;
}
function isCancelledInQueue({ cancelled }) {
  return cancelled?.was === "queued";
}
function runningLine({ state, startedAt, node }, { up }, now) {
  const since = startedAt === void 0 ? "" : ` for ${inOneUnit(now - Date.parse(startedAt))}`;
  const doing = state === "retrying" ? "waiting for the next attempt" : `running${since}`;
  return `  ${doing}${up ? "" : `; ${node} is down`}`;
}

// src/cli/render/status.ts
async function printOverview(id, statuses) {
  const summary = emptySummary();
  const standings = [];
  const lines = [];
  let sent;
  for await (const status of statuses) {
    countIn(summary, status);
    standings.push({ standing: status.standing });
    lines.push({ rank: rankOf(status), line: standingLine(status) });
    const { message, address } = status;
    sent ??= message && `${typeAndSubject(address)}, ${sentText(message, status)} at ${message.createdAt}`;
  }
  print(`${id}: ${lines.length} nodes: ${countsOf(summary, standings)}`);
  if (sent !== void 0) print(fitted(`${id}: ${sent}`));
  for (const { line } of lines.toSorted((a, b) => a.rank - b.rank)) print(fitted(line));
  printNote(`see \`steward status ${id} --node NAME\` for all details of one node`);
}
async function printStatusJson(id, statuses) {
  const summary = emptySummary();
  let before = `{"id":${jsonLine(id)},"nodes":[`;
  for await (const status of statuses) {
    countIn(summary, status);
    await printPart(before + jsonLine(toJson(status)));
    before = ",";
  }
  print(`],"summary":${jsonLine(summary)}}`);
}
function countIn(summary, { history, standing }) {
  count(summary, { ack: history.at(-1)?.ack, standing });
}
function rankOf(status) {
  if (status.standing === "queued") return 2;
  if (status.standing === "running" || status.standing === "retrying") return 1;
  return stateOf(status) === "succeeded" ? 3 : 0;
}
function toJson(status) {
  const { address, queued, message, storedAt, history } = status;
  const { node, messageType, subject } = address;
  const acks = history.map((entry) => ({ storedAt: entry.storedAt, ...entry.ack }));
  return { node, messageType, subject, queued, state: stateOf(status), sent: sentJson(message), storedAt, acks };
}
function sentJson(message) {
  if (message === void 0) return void 0;
  const { node: _node, messageType: _type, subject: _subject, data: _data, ...sent } = message;
  return sent;
}

// src/cli/commands/status.ts
var statusCommand = defineCommand({
  name: "status",
  group: "look",
  impact: "reads",
  describe: "show the state and the output of a message, step by step, on all its nodes",
  positionals: [{ name: "id", describe: "the message's id", required: true, completes: "id" }],
  options: {
    node: selectionOptions.node,
    output: { type: "boolean", describe: "print only the output of the last run, byte for byte" }
  },
  examples: [
    ["steward status 01KAP7Q4T0000000000000000", "when it was sent, started, was retried and ended, and its output"],
    ["steward status 01KAP7Q4T0000000000000000 --node ship1 --output > log.txt", "save its output on ship1"]
  ],
  run: async (args) => {
    var _stack = [];
    try {
      const id = messageIdOf(args.id);
      const isMeant = selects({ nodes: filterOf({ node: args.node }).nodes });
      const steward = __using(_stack, await connectFromArguments(args), true);
      const places = (await steward.places(id)).filter(({ address }) => isMeant(address));
      if (places.length === 0)
        throw new StewardError("notFound", `${id} was not sent to this node; see \`steward status ${id}\``);
      if (args.output) await printOutput(steward, places);
      else if (args.json) await printStatusJson(id, steward.trace(places));
      else if (places.length > mostInFull) await printOverview(id, steward.trace(places));
      else await printInFull(steward, places);
      return 0;
    } catch (_) {
      var _error = _, _hasError = true;
    } finally {
      var _promise = __callDispose(_stack, _error, _hasError);
      _promise && await _promise;
    }
  }
});
var mostInFull = 10;
async function printInFull(steward, places) {
  for await (const one of steward.trace(places)) {
    for (const line of timeline(one, await steward.whereabouts(one.address))) print(fitted(line));
    const last = lastAck(one);
    reportGaps(one);
    const wrote = () => harmlessBytes(Buffer.concat([outputBytes(last, "stdout"), outputBytes(last, "stderr")]));
    await writeOutput("stdout", places.length > 1 ? indentedOutput(last) : wrote());
  }
}
async function printOutput(steward, places) {
  if (places.length > 1) throw new StewardError("usage", `it was sent to ${places.length} nodes; name one with --node`);
  for await (const one of steward.trace(places)) {
    const last = lastAck(one);
    await writeOutput("stdout", outputBytes(last, "stdout"));
    await writeOutput("stderr", outputBytes(last, "stderr"));
    reportGaps(one);
  }
}
function reportGaps(one) {
  for (const gap of gaps(lastAck(one))) {
    printNote(`${one.address.node}: ${gap}`);
    stdout.isPartial = true;
  }
}
function lastAck({ history }) {
  return history.findLast(({ ack }) => ack.output !== void 0)?.ack;
}
export {
  statusCommand
};
