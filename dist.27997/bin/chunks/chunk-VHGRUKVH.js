const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  require_mod
} from "./chunk-XBJVBJ7E.js";
import {
  driftOf
} from "./chunk-OMTY7AFQ.js";
import {
  require_nats,
  serverCodes
} from "./chunk-TZGZTI2Z.js";
import {
  StewardError,
  messageOf
} from "./chunk-IH65MIS5.js";
import {
  __toESM
} from "./chunk-LCNIN5BG.js";

// src/broker/topology/apply.ts
var import_jetstream2 = __toESM(require_mod(), 1);

// src/broker/topology/account-limits.ts
function limitsTooLow({ streams, limits }, missing) {
  const sentences = [];
  const free = limits.max_streams - streams;
  if (limits.max_streams > 0 && free < missing.length) {
    const needed = missing.length === 1 ? "1 more is" : `${missing.length} more are`;
    sentences.push(
      `the account allows ${limits.max_streams} streams, ${streams} exist, and ${needed} needed: raise its max_streams`
    );
  }
  for (const { name, max_consumers: wanted } of missing) {
    if (limits.max_consumers <= 0 || typeof wanted !== "number" || wanted <= limits.max_consumers) continue;
    sentences.push(
      `the account allows ${limits.max_consumers} consumers, and ${name} is configured for ${wanted}: raise its max_consumers`
    );
  }
  return sentences;
}

// src/broker/topology/server-answers.ts
var import_jetstream = __toESM(require_mod(), 1);
var import_nats = __toESM(require_nats(), 1);
function saysMissing(error) {
  return hasCode(error, "streamNotFound");
}
function saysTaken(error) {
  return hasCode(error, "nameTaken");
}
function saysTooMany(error) {
  return hasCode(error, "consumersLimit", "streamsLimit");
}
function saysNotYet(error) {
  if (error instanceof import_nats.TimeoutError || hasCode(error, "noSuitablePeers")) return true;
  return error instanceof import_jetstream.JetStreamApiError && error.status === 503;
}
function refusal(error, { name, num_replicas: replicas = 1 }) {
  if (saysOff(error)) {
    return new StewardError(
      "jetStreamOff",
      "the broker runs without JetStream for this account: switch it on in the broker's configuration, or start nats-server with -js",
      { cause: error }
    );
  }
  if (hasCode(error, "noSuitablePeers", "notClustered")) {
    return new StewardError(
      "brokerRefused",
      `${name} cannot have ${replicas} replicas, because fewer servers have JetStream and enough room: add servers, or ask for fewer replicas`,
      { cause: error, about: "replicas" }
    );
  }
  if (saysNotYet(error)) {
    return new StewardError(
      "brokerUnreachable",
      `JetStream does not answer for ${name} (${messageOf(error)}): check that most servers of the cluster are up, then repeat`,
      { cause: error }
    );
  }
  return new StewardError(
    "brokerRefused",
    `the broker refused a request for ${name}: ${messageOf(error)}; fix that, then repeat`,
    { cause: error }
  );
}
function saysOff(error) {
  return error instanceof Error && error.name === "JetStreamNotEnabled";
}
function hasCode(error, ...names) {
  return error instanceof import_jetstream.JetStreamApiError && names.some((name) => serverCodes[name] === error.code);
}

// streams/acks.json
var acks_default = {
  name: "STEWARD_ACKS",
  description: "What happened to every message: the log, and the journal that a run is proved by",
  subjects: ["steward.*.ack.*.*.*"],
  retention: "limits",
  storage: "file",
  max_age: 6048e11,
  max_msgs: -1,
  max_bytes: -1,
  allow_direct: true,
  republish: {
    src: "steward.*.ack.*.*.*",
    dest: "steward.{{wildcard(1)}}.acked.{{wildcard(2)}}.{{wildcard(3)}}.{{wildcard(4)}}"
  }
};

// streams/archive.json
var archive_default = {
  name: "STEWARD_ARCHIVE",
  description: "ACKS kept for longer, by node, message type and subject",
  retention: "limits",
  storage: "file",
  compression: "s2",
  max_age: 31536e12,
  allow_direct: true,
  sources: [
    {
      name: "STEWARD_ACKS",
      subject_transforms: [
        {
          src: "steward.*.ack.*.*.*",
          dest: "{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}"
        }
      ]
    }
  ]
};

// streams/files.json
var files_default = {
  name: "OBJ_STEWARD_FILES",
  description: "File copies, and outputs too large for an ACK",
  subjects: ["$O.STEWARD_FILES.C.>", "$O.STEWARD_FILES.M.>"],
  retention: "limits",
  storage: "file",
  discard: "new",
  allow_rollup_hdrs: true,
  allow_direct: true
};

// streams/groups.json
var groups_default = {
  name: "KV_STEWARD_GROUPS",
  description: "Groups of nodes, by the names under which operators send to them",
  subjects: ["$KV.STEWARD_GROUPS.>"],
  retention: "limits",
  storage: "file",
  discard: "new",
  max_msgs_per_subject: 5,
  deny_delete: true,
  allow_rollup_hdrs: true,
  allow_direct: true
};

// streams/messages.json
var messages_default = {
  name: "STEWARD_MESSAGES",
  description: "Messages that no node has answered for yet; one durable consumer a node",
  subjects: ["steward.*.command.*.*", "steward.*.event.*.*"],
  retention: "workqueue",
  storage: "file",
  discard: "new",
  duplicate_window: 12e10,
  max_consumers: 1e5,
  allow_direct: true,
  allow_msg_ttl: true,
  allow_atomic: true,
  sources: [
    {
      name: "STEWARD_SCHEDULES",
      subject_transforms: [
        {
          src: "steward.*.scheduled.*.*.*",
          dest: "steward.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}.{{wildcard(4)}}"
        }
      ]
    }
  ]
};

// streams/nodes.json
var nodes_default = {
  name: "KV_STEWARD_NODES",
  description: "The latest ACK of each node, message type and subject, and what each node is",
  subjects: ["$KV.STEWARD_NODES.>"],
  retention: "limits",
  storage: "file",
  discard: "new",
  max_msgs_per_subject: 5,
  deny_delete: true,
  allow_rollup_hdrs: true,
  allow_direct: true,
  sources: [
    {
      name: "STEWARD_ACKS",
      subject_transforms: [
        {
          src: "steward.*.ack.*.*.*",
          dest: "$KV.STEWARD_NODES.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}"
        }
      ]
    }
  ]
};

// streams/presence.json
var presence_default = {
  name: "KV_STEWARD_PRESENCE",
  description: "Heartbeats of the nodes that are up",
  subjects: ["$KV.STEWARD_PRESENCE.>"],
  retention: "limits",
  storage: "file",
  discard: "new",
  max_msgs_per_subject: 1,
  deny_delete: true,
  allow_rollup_hdrs: true,
  allow_direct: true,
  allow_msg_ttl: true,
  subject_delete_marker_ttl: 1e10
};

// streams/schedules.json
var schedules_default = {
  name: "STEWARD_SCHEDULES",
  description: "Messages on a schedule, and their firings",
  subjects: ["steward.*.schedule.*.*.*", "steward.*.scheduled.*.*.*"],
  retention: "limits",
  storage: "file",
  max_msgs_per_subject: 1,
  allow_direct: true,
  allow_msg_ttl: true,
  allow_msg_schedules: true
};

// src/broker/topology/shipped-streams.ts
function shippedStreams(namespace, archiveMs) {
  const shipped = [schedules_default, messages_default, acks_default, nodes_default, presence_default, groups_default, files_default];
  if (archiveMs !== void 0) shipped.push({ ...archive_default, max_age: archiveMs * nanosPerMs });
  return shipped.map((stream) => inNamespace(stream, namespace));
}
var nanosPerMs = 1e6;
function inNamespace(stream, namespace) {
  const text = JSON.stringify(stream).replaceAll("STEWARD_", `${namespace.toUpperCase()}_`).replaceAll("steward.", `${namespace}.`);
  return JSON.parse(text);
}

// src/broker/topology/while-forming.ts
import { setTimeout as sleep } from "node:timers/promises";
var patience = 3e4;
async function whileForming(request) {
  const giveUpAt = performance.now() + patience;
  for (; ; ) {
    try {
      return await request();
    } catch (error) {
      if (!saysNotYet(error) || performance.now() > giveUpAt) throw error;
      await sleep(200 + Math.random() * 200);
    }
  }
}

// src/broker/topology/apply.ts
function applyTopology(nc, options) {
  return visit(nc, options, create);
}
function checkTopology(nc, options) {
  return visit(nc, options, (_jsm, { name }) => Promise.resolve({ kind: "missing", stream: name }));
}
async function visit(nc, options, whenMissing) {
  const jsm = await (0, import_jetstream2.jetstreamManager)(nc, { checkAPI: false });
  const replicas = options.replicas === void 0 ? {} : { num_replicas: options.replicas };
  const streams = [];
  const all = shippedStreams(options.namespace, options.archive);
  for (const [index, shipped] of all.entries()) {
    const wanted = { ...shipped, ...replicas };
    try {
      streams.push(await compare(jsm, wanted) ?? await whenMissing(jsm, wanted));
    } catch (error) {
      if (saysTooMany(error)) await assertAllowed(jsm, all.slice(index));
      throw refusal(error, wanted);
    }
  }
  return { streams };
}
async function assertAllowed(jsm, missing) {
  const { tiers, ...usage } = await jsm.getAccountInfo();
  const usages = Object.values(tiers ?? { all: usage }).filter((one) => one !== void 0);
  const sentences = usages.flatMap((one) => limitsTooLow(one, missing));
  if (sentences.length > 0) throw new StewardError("brokerRefused", `${sentences.join("; ")}; then repeat`);
}
async function compare(jsm, wanted) {
  const stream = wanted.name;
  try {
    const { config } = await whileForming(() => jsm.streams.info(stream));
    const drift = driftOf(wanted, { ...config });
    return drift.length === 0 ? { kind: "ok", stream } : { kind: "drifted", stream, drift };
  } catch (error) {
    if (saysMissing(error)) return void 0;
    throw error;
  }
}
async function create(jsm, wanted) {
  try {
    await whileForming(() => jsm.streams.add({ ...wanted }));
    return { kind: "created", stream: wanted.name };
  } catch (error) {
    const theirs = saysTaken(error) ? await compare(jsm, wanted) : void 0;
    if (theirs === void 0) throw error;
    return theirs;
  }
}

export {
  limitsTooLow,
  shippedStreams,
  applyTopology,
  checkTopology
};
