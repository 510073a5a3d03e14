const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  purgeQueued
} from "./chunk-3VOMEKKA.js";
import {
  askNode,
  isCancelling
} from "./chunk-HDCA3CCY.js";
import {
  firstQueued,
  originalOf
} from "./chunk-OMTY7AFQ.js";
import {
  cancellation,
  isFinal
} from "./chunk-U2N5OPV4.js";
import {
  messageSubject
} from "./chunk-VKEXPMYZ.js";

// src/operate/cancel-on-node.ts
var answerWait = 2e3;
async function cancelOnNode(address, canceller) {
  const { broker, journal, signal, waitMs } = canceller;
  const subject = messageSubject(broker.namespace, address);
  const queued = await firstQueued(broker, { sequence: 1, subject }, signal);
  const original = queued === void 0 ? {} : originalOf(queued.data);
  const purge = () => broker.untilAnswered(() => purgeQueued(broker, subject), signal);
  let was = "queued";
  for (let last; ; ) {
    const ack = { ...cancelledAck(address, was, canceller), attempt: last?.ack.attempt ?? 0, ...original };
    const written = await journal.write(address, ack, last?.sequence ?? 0, queued?.data);
    if (written.kind === "stored") {
      if (was === "running" || address.messageType === "event") await askDaemon(address, canceller);
      await purge();
      return { kind: "ended", address, ack, before: false };
    }
    last = written.link;
    if (!isFinal(last.ack)) {
      was = "running";
      const answer = await askDaemon(address, canceller);
      if (answer.kind === "silent") return undecided(address, "it is running, and its node does not answer");
      if (answer.kind === "refused") return undecided(address, `its node refused: ${answer.reason}`);
      if (answer.kind === "answered" && isCancelling(answer.body)) {
        const ended = await finalWithin(waitMs, address, canceller);
        if (ended === void 0) return undecided(address, "its node is still ending it");
        return { kind: "ended", address, ack: ended, before: false };
      }
      last = await journal.last(address);
    }
    if (last !== void 0 && isFinal(last.ack)) {
      if (last.ack.state === "cancelled") await purge();
      return { kind: "ended", address, ack: last.ack, before: was === "queued" };
    }
  }
}
function undecided(address, reason) {
  return { kind: "undecided", address, reason };
}
function askDaemon({ node, messageType, subject, id }, { broker, by, signal }) {
  const request = { messageType, subject, id, by };
  return broker.untilAnswered(() => askNode(broker, node, "cancel", answerWait, request), signal);
}
async function finalWithin(ms, address, { broker, journal, signal }) {
  for (let [tries, end] = [0, performance.now() + ms]; ; tries++) {
    const last = await journal.last(address);
    if (last !== void 0 && isFinal(last.ack)) return last.ack;
    if (performance.now() >= end) return void 0;
    await broker.backOff(tries, signal);
  }
}
function cancelledAck(address, was, { by, instance }) {
  const at = (/* @__PURE__ */ new Date()).toISOString();
  return { ...address, state: "cancelled", final: true, instance, finishedAt: at, ...cancellation({ by, at, was }) };
}

export {
  cancelOnNode
};
