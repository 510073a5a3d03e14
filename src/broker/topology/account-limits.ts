import type { ShippedStream } from "./shipped-streams.ts";

/**
 * The number of streams of an account or of one of its tiers, and the limits, in the server's words. -1 means no limit.
 */
export interface StreamUsage {
  readonly streams: number;
  readonly limits: { readonly max_streams: number; readonly max_consumers: number };
}

/**
 * Finds the account's limits that are too low for the missing streams. Returns one sentence for each such limit, with
 * the figures and the remedy. The server compares the account's limit of consumers with the number that the stream's
 * configuration allows, not with the number in use.
 */
export function limitsTooLow({ streams, limits }: StreamUsage, missing: readonly ShippedStream[]): string[] {
  const sentences: string[] = [];
  const free = limits.max_streams - streams;
  if (limits.max_streams > 0 && free < missing.length) {
    const needed = missing.length === 1 ? "1 more is" : `${missing.length} more are`;
    sentences.push(
      `the account allows ${limits.max_streams} streams, ${streams} exist, and ${needed} needed: raise its max_streams`,
    );
  }
  for (const { name, max_consumers: wanted } of missing) {
    if (limits.max_consumers <= 0 || typeof wanted !== "number" || wanted <= limits.max_consumers) continue;
    sentences.push(
      `the account allows ${limits.max_consumers} consumers, and ${name} is configured for ${wanted}: raise its max_consumers`,
    );
  }
  return sentences;
}
