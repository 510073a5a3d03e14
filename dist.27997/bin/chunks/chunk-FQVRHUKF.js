const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  streamInfo
} from "./chunk-OMTY7AFQ.js";

// src/broker/health/clock.ts
async function brokerTime(broker) {
  const { ts = "" } = await streamInfo(broker, broker.names.schedules);
  return Date.parse(ts);
}
async function clockOffset(broker) {
  let best;
  for (let tries = 0; tries < 3; tries++) {
    const [asked, began] = [Date.now(), performance.now()];
    const { ts = "" } = await streamInfo(broker, broker.names.messages);
    const half = (performance.now() - began) / 2;
    if (best === void 0 || half < best.uncertainMs) {
      best = { offsetMs: Math.round(asked + half - Date.parse(ts)), uncertainMs: half };
    }
  }
  return best ?? { offsetMs: 0, uncertainMs: Infinity };
}

export {
  brokerTime,
  clockOffset
};
