const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  readStatuses
} from "./chunk-PYOLEW22.js";
import {
  parsePresence
} from "./chunk-EYZB2UB4.js";
import "./chunk-XDSV7F2Y.js";
import {
  kvLast
} from "./chunk-6KZYLPZB.js";
import "./chunk-HDCA3CCY.js";
import "./chunk-KBGVZMHU.js";
import {
  laneHoldKey,
  parseLaneHold
} from "./chunk-2PVYTS73.js";
import {
  assertNoSchedule,
  placesOf,
  unknownId
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
import {
  parseBytes
} from "./chunk-U2N5OPV4.js";
import {
  object,
  string
} from "./chunk-WUYJTG4S.js";
import "./chunk-CFOZLGDG.js";
import {
  laneOf
} from "./chunk-VKEXPMYZ.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/state/whereabouts.ts
var lifeSchema = object({ instance: string(), host: string() });
async function whereaboutsOf(broker, address) {
  const { nodesBucket, presenceBucket } = broker.names;
  const { node } = address;
  const last = (bucket, key) => kvLast(broker, bucket, key, AbortSignal.timeout(5e3)).catch(() => void 0);
  const [presence, hold, info] = await Promise.all([
    last(presenceBucket, node),
    last(nodesBucket, laneHoldKey(node, laneOf(address))),
    last(nodesBucket, `${node}.info`)
  ]);
  const troubles = presence?.value && parsePresence(presence.value)?.troubles;
  return {
    up: presence?.value !== void 0,
    hold: hold?.value && parseLaneHold(hold.value),
    trouble: troubles?.find(({ what }) => what === laneOf(address)),
    life: info?.value && parseBytes(lifeSchema, info.value)
  };
}

// src/client/trace.ts
function places(session, id, options = {}) {
  return session.run(options, async () => {
    await assertNoSchedule(session.broker, id);
    const found = await placesOf(session.broker, id);
    if (found.length > 0) return found;
    if ((await placesOf(session.broker, `${id}-0`)).length === 0) throw unknownId(id);
    const way = `its blocks have ids of their own: ${id}-0, ${id}-1 and so on`;
    throw new StewardError("notFound", `${id} is a text that was sent in blocks, not a single message; ${way}`, { id });
  });
}
function trace(session, message, options = {}) {
  return session.read(options, async function* () {
    yield* readStatuses(session.broker, typeof message === "string" ? await places(session, message) : message);
  });
}
function whereabouts(session, address, options = {}) {
  return session.run(options, () => whereaboutsOf(session.broker, address));
}
export {
  places,
  trace,
  whereabouts
};
