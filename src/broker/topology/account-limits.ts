import type { ShippedStream } from "./shipped-streams.ts";

/** What an account, or one of its tiers, has of streams and may have, in the server's words. -1 is no limit. */
export interface StreamUsage {
  readonly streams: number;
  readonly limits: { readonly max_streams: number; readonly max_consumers: number };
}

/**
 * Which limits of an account are too low for streams that are still to be made: one sentence for each, with the figures
 * and the way out. The server compares the limit of consumers with what a stream may have, not with what is in use.
 */
export function limitsTooLow({ streams, limits }: StreamUsage, missing: readonly ShippedStream[]): string[] {
  const told: string[] = [];
  const free = limits.max_streams - streams;
  if (limits.max_streams > 0 && free < missing.length) {
    const needed = missing.length === 1 ? "1 more is" : `${missing.length} more are`;
    told.push(
      `the account allows ${limits.max_streams} streams, ${streams} are there, and ${needed} needed: raise its max_streams`,
    );
  }
  for (const { name, max_consumers: wanted } of missing) {
    if (limits.max_consumers <= 0 || typeof wanted !== "number" || wanted <= limits.max_consumers) continue;
    told.push(
      `the account allows ${limits.max_consumers} consumers, and ${name} is made for ${wanted}: raise its max_consumers`,
    );
  }
  return told;
}
