const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  confirm
} from "./chunk-GN5VQLET.js";
import {
  connectFromArguments,
  nodeOf,
  onInterrupt
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

// src/cli/forget-node.ts
async function confirmAndForget(name, args) {
  var _stack = [];
  try {
    if (name === void 0) throw new StewardError("usage", "name the node, such as `steward nodes forget ship1`");
    const node = nodeOf(name);
    const steward = __using(_stack, await connectFromArguments(args), true);
    if (!await confirm(question(node, await steward.traces(node)), { yes: args.yes === true })) {
      printNote("nothing was changed");
      return exitCodes.failed;
    }
    const interrupt = __using(_stack, onInterrupt());
    try {
      const onDelay = (reason) => printNote(`steward: ${reason}`);
      const forgotten = await steward.retire(node, { onDelay, enough: interrupt.signal });
      if (args.json) printJson({ node, ...forgotten });
      else print(said(node, forgotten));
      return exitCodes.succeeded;
    } catch (error) {
      if (!interrupt.signal.aborted) throw error;
      printNote(`interrupted; repeat \`steward nodes forget ${node}\` to complete it`);
      return exitCodes.interrupted;
    }
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    var _promise = __callDispose(_stack, _error, _hasError);
    _promise && await _promise;
  }
}
function question(node, { queued, schedules, groups }) {
  const losses = [
    ...queued > 0 ? [`${counted(queued, "queued message")} will be cancelled`] : [],
    ...schedules.length > 0 ? [`its ${counted(schedules.length, "schedule")} removed`] : [],
    ...groups.length > 0 ? [`it is removed from ${groups.map((group) => `@${group}`).join(", ")}`] : []
  ];
  return `forget ${node}?${losses.length === 0 ? "" : ` ${losses.join(", ")}.`}`;
}
function said(node, { cancelled, schedules, groups, queuedMeanwhile }) {
  const parts = [
    `${node} is retired`,
    ...cancelled > 0 ? [`${counted(cancelled, "message")} cancelled`] : [],
    ...schedules.length > 0 ? [`${counted(schedules.length, "schedule")} removed`] : [],
    ...groups.length > 0 ? [`removed from ${groups.map((group) => `@${group}`).join(", ")}`] : [],
    ...queuedMeanwhile > 0 ? [`${counted(queuedMeanwhile, "message")} sent in the meantime wait for a new ${node}`] : []
  ];
  return parts.join("; ");
}
function counted(count, what) {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
export {
  confirmAndForget
};
