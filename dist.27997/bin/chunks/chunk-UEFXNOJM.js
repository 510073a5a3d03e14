const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  storedFrom
} from "./chunk-OMTY7AFQ.js";
import {
  SilenceError,
  require_nats,
  statusCodes
} from "./chunk-TZGZTI2Z.js";
import {
  __toESM
} from "./chunk-LCNIN5BG.js";

// src/broker/read/page.ts
var import_nats = __toESM(require_nats(), 1);
var maxBytes = 2 * 1024 * 1024;
var patience = 5e3;
async function getPage(broker, stream, { filter, from, most }) {
  const request = { seq: from, batch: most, max_bytes: maxBytes, next_by_subj: filter };
  const inbox = (0, import_nats.createInbox)();
  const messages = [];
  return new Promise((resolve, reject) => {
    const fail = (reason) => end(() => reject(new SilenceError(reason)));
    const alarm = setTimeout(() => fail(`no answer from ${stream} within ${patience} ms`), patience);
    const forget = broker.onConnection({ lost: () => fail("the connection to the broker was lost") });
    const end = (settle) => {
      clearTimeout(alarm);
      forget();
      subscription.unsubscribe();
      settle();
    };
    const take = (msg) => {
      alarm.refresh();
      const stored = storedFrom(msg);
      if (stored !== void 0) return void messages.push(stored);
      const { code = 0, description = "" } = msg.headers ?? {};
      if (code === statusCodes.endOfBatch)
        end(() => resolve({ messages, more: Number(msg.headers?.get("Nats-Num-Pending")) }));
      else if (code === statusCodes.nothingThere) end(() => resolve({ messages, more: 0 }));
      else fail(`${stream} does not answer: ${code} ${description}`);
    };
    const subscription = broker.nc.subscribe(inbox, {
      callback: (error, msg) => error === null ? take(msg) : fail(error.message)
    });
    broker.nc.publish(`$JS.API.DIRECT.GET.${stream}`, JSON.stringify(request), { reply: inbox });
  });
}

export {
  getPage
};
