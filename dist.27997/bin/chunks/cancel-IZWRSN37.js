const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  cancelOnNode
} from "./chunk-E442WZG2.js";
import "./chunk-3VOMEKKA.js";
import "./chunk-HDCA3CCY.js";
import "./chunk-KBGVZMHU.js";
import "./chunk-2PVYTS73.js";
import {
  Journal,
  addressesOf,
  deadline,
  inParallel,
  newId,
  outcomeOf,
  resolve,
  resultOf,
  waitOf
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
import "./chunk-P6SB6KP3.js";
import "./chunk-VLDOLLNL.js";
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

// src/operate/cancel.ts
var patience = 3e4;
var concurrency = 50;
async function cancel(broker, id, { by, nodes, waitMs, signal }, onDecided) {
  var _stack = [];
  try {
    const addresses = await addressesOn(broker, id, nodes);
    const limit = __using(_stack, deadline(patience + waitMs, signal));
    let trouble = "the broker did not confirm in time";
    const journal = new Journal(broker, limit.signal, (reason) => trouble = reason);
    const canceller = { broker, journal, by, instance: newId(), waitMs, signal: limit.signal };
    await inParallel(addresses, concurrency, async (address) => {
      try {
        onDecided(await cancelOnNode(address, canceller));
      } catch (error) {
        if (!limit.signal.aborted) throw error;
        onDecided({ kind: "undecided", address, reason: signal?.aborted === true ? "interrupted" : trouble });
      }
    });
  } catch (_) {
    var _error = _, _hasError = true;
  } finally {
    __callDispose(_stack, _error, _hasError);
  }
}
async function addressesOn(broker, id, nodes) {
  const [only, another] = nodes ?? [];
  if (nodes === void 0 || another === void 0) return addressesOf(broker, id, only);
  const addresses = (await addressesOf(broker, id)).filter(({ node }) => nodes.includes(node));
  if (addresses.length > 0) return addresses;
  throw new StewardError("notFound", `message not found: no ${id} in the queue or in the log for ${nodes.join(", ")}`);
}

// src/client/cancel.ts
async function cancelOf(session, id, options) {
  const { nodes, wait = "30s", from = session.from, onDecided } = options;
  const waitMs = waitOf(wait);
  const cancellations = [];
  await session.run(options, async (signal) => {
    const meant = nodes === void 0 ? void 0 : (await resolve(session, nodes)).nodes;
    await cancel(session.broker, id, { by: from, nodes: meant, waitMs, signal }, (one) => {
      cancellations.push(one);
      onDecided?.(one);
    });
  });
  const standings = cancellations.map((one) => outcomeOf(one.address, one.kind === "ended" ? one.ack : void 0));
  return { ...resultOf(standings, ({ state }) => state === "cancelled"), cancellations };
}
export {
  cancelOf
};
