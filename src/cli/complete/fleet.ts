import { decodeTime, isValid } from "ulid";
import type { Broker } from "../../broker/connection/broker.ts";
import { kvKeys, kvValue } from "../../broker/read/bucket.ts";
import { firstFrom } from "../../broker/read/direct-get.ts";
import { streamInfo } from "../../broker/read/stream-info.ts";
import { labelsIn } from "../../protocol/labels.ts";
import {
  ackFilter,
  isToken,
  typeAndSubject,
  parseAckSubject,
  parseLaneName,
  parseMessageSubject,
  type Address,
} from "../../protocol/subjects.ts";
import { knownNames } from "../../state/known-nodes.ts";
import { byName } from "../../util/by-name.ts";
import { glob } from "../../util/glob.ts";
import type { Completes } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { resolveSettings } from "../settings.ts";
import type { Add, Candidate, Line } from "./line.ts";

type OfFleet = Exclude<Completes, "command" | "context" | "file" | "folder">;
type Source = (broker: Broker, line: Line, add: Add) => Promise<void>;

/**
 * The time to wait for the broker. It is longer than the lifetime of the process, so only the lifetime limits the wait.
 */
const waitMs = 2000;
/** The most nodes whose subjects and labels are read, and the most ACKs that are read for recent ids. */
const most = 40;
const mostGroups = 200;
/** The most messages in a queue that is listed. A longer queue is not listed. */
const longestListing = 5000;

/**
 * Adds names of the running fleet. Connects to the broker like every other command. Throws the errors of
 * `openFromArguments`.
 */
export async function fromFleet(completes: OfFleet, line: Line, add: Add): Promise<void> {
  const { args } = await resolveSettings(line.args, {}, process.env);
  // If nothing listens at the address, there is only one try, because the time is too short for a second one.
  const once = new AbortController();
  const trying = { name: "steward completion", waitMs, signal: once.signal, onFailure: () => once.abort() };
  await using broker = await openFromArguments(args, trying);
  await sources[completes](broker, line, add);
}

const sources: Readonly<Record<OfFleet, Source>> = {
  node: async (broker, _line, add) => add((await nodeNames(broker)).map((value) => ({ value }))),
  nodes: async (broker, line, add) => {
    const settled = line.typed.slice(0, line.typed.lastIndexOf(",") + 1);
    const chosen = settled.split(",");
    const offer = (words: readonly string[]): void =>
      add(words.filter((word) => !chosen.includes(word)).map((word) => ({ value: settled + word })));
    const [names, groups] = [nodeNames(broker), groupNames(broker)];
    await Promise.allSettled([
      names.then((found) => offer(settled === "" ? [...found, "all"] : found)),
      groups.then((found) => offer(found.map((name) => `@${name}`))),
    ]);
  },
  group: async (broker, _line, add) => add((await groupNames(broker)).map((value) => ({ value }))),
  subject: async (broker, { args }, add) => {
    const nodes = await chosenNodes(broker, String(args["nodes"] ?? args["node"] ?? "all"));
    await Promise.allSettled(
      nodes.slice(0, most).map(async (node) => {
        const lanes = (await servedLanes(broker, node)).map(parseLaneName);
        const served = lanes.flatMap((lane) => (lane === undefined ? [] : [lane]));
        const wanted = served.filter(({ messageType }) => args["event"] !== true || messageType === "event");
        add(wanted.map(({ messageType, subject }) => ({ value: subject, describe: messageType })));
      }),
    );
  },
  lane: async (broker, { args }, add) => {
    const node = String(args["node"] ?? "");
    const [keys, served] = await Promise.all([nodeKeys(broker, `${node}.>`), servedLanes(broker, node)]);
    const names = keys.map((key) => key.slice(node.length + 1));
    const held = names.flatMap((name) => (name.startsWith("lane.") ? [name.slice("lane.".length)] : []));
    add(held.map((value) => ({ value, describe: "held" })));
    if (args["action"] === "resume" && held.length > 0) return;
    add([...names, ...served].filter((name) => parseLaneName(name) !== undefined).map((value) => ({ value })));
  },
  id: async (broker, _line, add) => {
    await Promise.allSettled([recentIds(broker, add), queuedIds(broker, add)]);
  },
  // A running message stays in the queue until it ends.
  "open id": (broker, _line, add) => queuedIds(broker, add),
  label: async (broker, _line, add) => {
    const infos = await Promise.all((await nodeNames(broker)).slice(0, most).map((node) => infoOf(broker, node)));
    const labels = infos.flatMap((info) => [...labelsIn(info)]);
    const values = new Set(labels.map(([key, value]) => `${key}=${value}`));
    add([...values].toSorted(byName).map((value) => ({ value })));
  },
};

async function nodeNames(broker: Broker): Promise<string[]> {
  return (await knownNames(broker)).toSorted(byName);
}

async function groupNames(broker: Broker): Promise<string[]> {
  const { groupsBucket } = broker.names;
  const keys = (await kvKeys(broker, groupsBucket, "*")).toSorted(byName).slice(0, mostGroups);
  const values = await Promise.all(keys.map((key) => kvValue(broker, groupsBucket, key)));
  return keys.filter((_key, at) => values[at] !== undefined);
}

/** The nodes of a target such as `ship1,ship2` or `ship*`. If the target names a group, all nodes are returned. */
async function chosenNodes(broker: Broker, target: string): Promise<string[]> {
  const words = target.split(",");
  if (words.every((word) => isToken(word) && word !== "all")) return words;
  const names = await nodeNames(broker);
  if (words.some((word) => word === "all" || word.startsWith("@"))) return names;
  const patterns = words.map(glob);
  return names.filter((name) => patterns.some((fits) => fits(name)));
}

function nodeKeys(broker: Broker, filter: string): Promise<string[]> {
  return kvKeys(broker, broker.names.nodesBucket, filter);
}

/** The lanes that a node serves. They are from the info that the node stored at its last start. */
async function servedLanes(broker: Broker, node: string): Promise<string[]> {
  const subjects = (await infoOf(broker, node))?.["subjects"];
  return Array.isArray(subjects) ? subjects.map(String) : [];
}

async function infoOf(broker: Broker, node: string): Promise<Record<string, unknown> | undefined> {
  const value = await kvValue(broker, broker.names.nodesBucket, `${node}.info`);
  return value && looseJson(value);
}

/** Reads each ACK with its own request, the newest ACK first, so that the newest ACKs arrive before the time is up. */
async function recentIds(broker: Broker, add: Add): Promise<void> {
  const { acks } = broker.names;
  const { state } = await streamInfo(broker, acks);
  const last = state?.last_seq ?? 0;
  const subject = ackFilter(broker.namespace, {});
  const sequences = Array.from({ length: Math.min(most, last) }, (_, back) => last - back);
  await Promise.allSettled(
    sequences.map(async (sequence) => {
      const found = await firstFrom(broker, acks, { sequence, subject });
      const address = found && parseAckSubject(found.subject);
      // An `error` event reports a failure to the central node. The failed message is more useful than the `error`
      // event.
      if (found === undefined || address === undefined || address.subject === "error") return;
      add([idCandidate(address, String(looseJson(found.data)?.["state"]), found.storedAt)]);
    }),
  );
}

async function queuedIds(broker: Broker, add: Add): Promise<void> {
  const { names, namespace } = broker;
  const { state } = await streamInfo(broker, names.messages);
  if ((state?.messages ?? 0) > longestListing) return;
  const { state: listed } = await streamInfo(broker, names.messages, `${namespace}.*.*.*.*`);
  const addresses = Object.keys(listed?.subjects ?? {}).map(parseMessageSubject);
  add(
    addresses.flatMap((address) => (address === undefined ? [] : [idCandidate(address, "queued", timeOf(address.id))])),
  );
}

function idCandidate(address: Address, state: string, at: number | undefined): Candidate {
  return { value: address.id, describe: `${address.node} ${typeAndSubject(address)} ${state}`, at };
}

/** The time at which an id was created. Undefined if Steward did not create the id. */
function timeOf(id: string): number | undefined {
  return isValid(id) ? decodeTime(id) : undefined;
}

/**
 * Parses JSON without a check by the schemas, because the schemas take time to load. Undefined if the JSON is
 * unreadable.
 */
function looseJson(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    return value !== null && typeof value === "object" ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
