import * as v from "valibot";
import type { Broker } from "../broker/connection/broker.ts";
import { kvLast, type KvEntry } from "../broker/read/bucket.ts";
import { laneHoldKey, parseLaneHold, type LaneHold } from "../protocol/lane-hold.ts";
import { parsePresence } from "../protocol/presence.ts";
import { type Address, laneOf } from "../protocol/subjects.ts";
import type { Trouble } from "../protocol/trouble.ts";
import { parseBytes } from "../util/parse-bytes.ts";

/** What the broker knows of the node that a message is for. */
export interface Whereabouts {
  readonly up: boolean;
  /** Why the message's lane begins nothing, if it does not. */
  readonly hold: LaneHold | undefined;
  /** Why the node cannot go on with that lane at the moment, if so. */
  readonly trouble: Trouble | undefined;
  /** The last life of the node's daemon, and the host that it is on. */
  readonly life: { readonly instance: string; readonly host: string } | undefined;
}

const lifeSchema = v.object({ instance: v.string(), host: v.string() });

/** Looks at the state bucket; what is not answered within 5 s counts as not known. */
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
