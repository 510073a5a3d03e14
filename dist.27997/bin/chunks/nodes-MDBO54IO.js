const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  Feed
} from "./chunk-CWT5XG5A.js";
import {
  readNodes
} from "./chunk-2CFWZEUP.js";
import "./chunk-EYZB2UB4.js";
import {
  labelsIn
} from "./chunk-XJF2EC2I.js";
import "./chunk-6KZYLPZB.js";
import "./chunk-KBGVZMHU.js";
import "./chunk-2PVYTS73.js";
import {
  assertNodeName,
  onAbort,
  resolve,
  streamInfo,
  unknownNode
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
import "./chunk-IH65MIS5.js";
import "./chunk-7CBYIQL6.js";
import "./chunk-LCNIN5BG.js";

// src/broker/read/bucket-changes.ts
async function onBucketChange(broker, bucket, signal, changed) {
  const [{ jetstream }, { Kvm, KvWatchInclude }] = await Promise.all([
    import("./jetstream-SP2SV7LS.js"),
    import("./kv-C4DSQ4Q3.js")
  ]);
  const options = { include: KvWatchInclude.UpdatesOnly, headers_only: true };
  for (let tries = 0; !signal.aborted; tries++) {
    const watch = await broker.untilAnswered(async () => {
      await streamInfo(broker, `KV_${bucket}`);
      return (await new Kvm(jetstream(broker.nc)).open(bucket)).watch(options);
    }, signal);
    const forget = onAbort(signal, () => watch.stop());
    const changes = watch[Symbol.asyncIterator]();
    while ((await changes.next()).done !== true) changed();
    forget();
    await broker.backOff(tries, signal).catch(() => void 0);
  }
}

// src/state/node-changes.ts
async function onNodeChanges(broker, signal, changed) {
  const { nodesBucket, presenceBucket } = broker.names;
  await Promise.all([nodesBucket, presenceBucket].map((bucket) => onBucketChange(broker, bucket, signal, changed)));
}

// src/client/nodes.ts
function nodes(session, targets, options = {}) {
  return session.run(options, async () => {
    const meant = targets === void 0 ? void 0 : new Set((await resolve(session, targets)).nodes);
    const [only, another] = meant ?? [];
    const read = await readNodes(session.broker, another === void 0 ? only : void 0);
    const asOf = new Date(read.asOf);
    const found = read.nodes.filter((state) => meant?.has(state.node) !== false);
    return found.map((state) => ({ ...state, labels: Object.fromEntries(labelsIn(state.info)), asOf }));
  });
}
function node(session, name, options = {}) {
  return session.run(options, async () => {
    assertNodeName(name);
    const { readNode } = await import("./node-page-PIDLGGMJ.js");
    const page = await readNode(session.broker, name);
    if (page === void 0) throw await unknownNode(session.broker, name);
    return page;
  });
}
function nodeChanges(session, options = {}) {
  return session.read(options, async function* (ended) {
    const changes = new Feed(1);
    onNodeChanges(session.broker, ended, () => changes.push()).then(
      () => changes.end(),
      (error) => changes.end(error instanceof Error ? error : new Error(String(error)))
    );
    yield* changes;
  });
}
export {
  node,
  nodeChanges,
  nodes
};
