import { arch, hostname, platform, release } from "node:os";
import { features, protocol } from "../protocol/features.ts";
import { version } from "../protocol/version.ts";
import type { NodeSettings } from "./settings.ts";

/** What a node is, as its entry in the state bucket says: written at each start and reconnect. */
export function nodeInfo(
  { central, labels }: Pick<NodeSettings, "central" | "labels">,
  life: { readonly instance: string; readonly startedAt: string },
  subjects: readonly string[],
): object {
  const os = `${platform()} ${release()} ${arch()}`;
  return {
    protocol,
    features,
    version,
    ...life,
    host: hostname(),
    os,
    node: process.version,
    central,
    labels,
    subjects,
  };
}
