import * as v from "valibot";
import type { Broker } from "../broker/connection/broker.ts";
import { kvLast, type KvEntry } from "../broker/read/bucket.ts";
import { laneHoldKey, parseLaneHold, type LaneHold } from "../protocol/lane-hold.ts";
import { parsePresence } from "../protocol/presence.ts";
import { type Address, laneOf } from "../protocol/subjects.ts";
import type { Trouble } from "../protocol/trouble.ts";
import { parseBytes } from "../util/parse-bytes.ts";

/** The data of the broker about the node of a message. */
export interface Whereabouts {
  readonly up: boolean;
  /** The hold of the message's lane. Undefined if the lane is not held. */
  readonly hold: LaneHold | undefined;
  /** The trouble that keeps the node from continuing with the lane. Undefined if the node can continue. */
  readonly trouble: Trouble | undefined;
  /** The last instance of the node's daemon, and its host. */
  readonly life: { readonly instance: string; readonly host: string } | undefined;
}

const lifeSchema = v.object({ instance: v.string(), host: v.string() });

/** Reads the buckets of the state and of the presence. Data that does not arrive within 5 s counts as missing. */
export async function whereaboutsOf(broker: Broker, address: Address): Promise<Whereabouts> {
  const { nodesBucket, presenceBucket } = broker.names;
  const { node } = address;
  const last = (bucket: string, key: string): Promise<KvEntry | undefined> =>
    kvLast(broker, bucket, key, AbortSignal.timeout(5000)).catch(() => undefined);
  const [presence, hold, info] = await Promise.all([
    last(presenceBucket, node),
    last(nodesBucket, laneHoldKey(node, laneOf(address))),
    last(nodesBucket, `${node}.info`),
  ]);
  const troubles = presence?.value && parsePresence(presence.value)?.troubles;
  return {
    up: presence?.value !== undefined,
    hold: hold?.value && parseLaneHold(hold.value),
    trouble: troubles?.find(({ what }) => what === laneOf(address)),
    life: info?.value && parseBytes(lifeSchema, info.value),
  };
}
