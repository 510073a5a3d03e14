const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  ruleJson,
  timeText
} from "./chunk-OHHYFLPV.js";
import "./chunk-B5MVZWQ5.js";
import "./chunk-WQBAR2TX.js";
import {
  connectFromArguments,
  draftOf,
  firstGiven,
  mayReach,
  onInterrupt,
  parseAt,
  parseEvery,
  prepared,
  showTargets,
  warnOfUnknownNodes
} from "./chunk-OMTY7AFQ.js";
import "./chunk-MNJ7CHLS.js";
import "./chunk-3XC6KFQ2.js";
import "./chunk-7C3OR7HS.js";
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
import "./chunk-CFOZLGDG.js";
import "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import {
  __callDispose,
  __using
} from "./chunk-LCNIN5BG.js";

// src/cli/schedule-message.ts
var longestId = 28;
async function scheduleMessage(args) {
  var _stack = [];
  try {
    const misplaced = firstGiven(args, ["wait", "follow", "lines", "file"]);
    if (misplaced !== void 0) {
      throw new StewardError(
        "usage",
        `--${misplaced} cannot be used with a schedule, which is for one later message; leave it out`
      );
    }
    const rule = await ruleOf(args);
    const draft = await draftOf(args);
    if ((draft.id?.length ?? 0) > longestId) {
      throw new StewardError("usage", `--id may have at most ${longestId} characters with a schedule`);
    }
    const steward = __using(_stack, await connectFromArguments(args), true);
    await steward.schedules.plan(rule.given);
    const sending = await prepared(steward, draft);
    if (args["dry-run"]) return showTargets(draft.nodes, sending.nodes, args);
    if (!await mayReach(sending.nodes, args, draft.nodes)) return exitCodes.failed;
    const interrupt = __using(_stack, onInterrupt());
    await steward.schedules.put(sending, rule.given, {
      knownOnly: args["known-only"],
      enough: interrupt.signal,
      onStored: (scheduled) => show(scheduled, rule.parsed, args)
    });
    return exitCodes.succeeded;
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
function show({ id, nodes, unseen, expires, notice, ...plan }, rule, args) {
  warnOfUnknownNodes(unseen, "it is scheduled");
  const next = plan.next === void 0 ? void 0 : timeText(plan.next);
  if (notice !== void 0) printNote(`steward: ${notice}`);
  if (args.json) return printJson({ id, nodes, schedule: { ...ruleJson(rule), expires, next } });
  print(id);
  const fires = next === void 0 ? "" : `fires next at ${next}; `;
  printNote(`${fires}a firing waits ${expires} for a node that is down`);
}
async function ruleOf({ at, every, cron, tz }) {
  if ([at, every, cron].filter((text) => text !== void 0).length !== 1) {
    throw new StewardError("usage", "give one of --at, --every and --cron");
  }
  if (cron !== void 0) {
    const { parseCron } = await import("./cron-X4MVICNX.js");
    return { given: { cron, tz }, parsed: parseCron(cron, tz) };
  }
  if (tz !== void 0)
    throw new StewardError("usage", "--tz is only for --cron; a time after --at has its own offset");
  if (at !== void 0) return { given: { at }, parsed: parseAt(at) };
  return { given: { every }, parsed: parseEvery(every ?? "") };
}
export {
  scheduleMessage
};
