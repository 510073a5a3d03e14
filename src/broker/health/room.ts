import type { ApiError, JetStreamUsageAccountLimits } from "@nats-io/jetstream";
import type { Broker } from "../connection/broker.ts";
import { refusalIn, useManager } from "../connection/packages.ts";
import type { StreamUsage } from "../topology/account-limits.ts";
import { shippedStreams } from "../topology/shipped-streams.ts";

/** A limit, and the use of the limited resource. */
export interface Limited {
  readonly what: string;
  readonly used: number;
  readonly limit: number;
  readonly unit: "bytes" | "count";
}

/** The account's JetStream limits and their use. Resources without a limit are left out. */
export interface Account {
  readonly storedBytes: number;
  readonly limits: readonly Limited[];
  /** The use and the limits of streams. If the account is limited by tier, there is one item for each tier. */
  readonly usages: readonly StreamUsage[];
}

/**
 * The account's limits and their use, or the reason for an account without JetStream. Rejects with silence (see
 * `isSilence`) if no answer comes.
 */
export async function readAccount(broker: Broker): Promise<Account | ApiError> {
  const answer = await orRefusal(useManager(broker, (manager) => manager.getAccountInfo(), 3000));
  if ("err_code" in answer) return answer;
  const tiers = Object.entries(answer.tiers ?? { "": answer });
  const limits = tiers.flatMap(([tier, usage]) => (usage === undefined ? [] : limitsOf(usage, tier)));
  const usages = tiers.flatMap(([, usage]) => (usage === undefined ? [] : [usage]));
  return { storedBytes: answer.storage, limits, usages };
}

/** The limits of the streams, and their use. The shipped streams have no limits, but an operator may set some. */
export async function streamLimits(broker: Broker): Promise<Limited[]> {
  const names = shippedStreams(broker.namespace).map(({ name }) => name);
  const infos = await Promise.all(
    names.map((name) => orRefusal(useManager(broker, ({ streams }) => streams.info(name)))),
  );
  return infos.flatMap((info) => {
    if ("err_code" in info) return [];
    const { config, state } = info;
    return limited([
      { what: `bytes of ${config.name}`, used: state.bytes, limit: config.max_bytes, unit: "bytes" },
      { what: `messages in ${config.name}`, used: state.messages, limit: config.max_msgs, unit: "count" },
      { what: `consumers of ${config.name}`, used: state.consumer_count, limit: config.max_consumers, unit: "count" },
    ]);
  });
}

/** Resolves to the broker's answer, or to its refusal. */
async function orRefusal<T>(asking: Promise<T>): Promise<T | ApiError> {
  try {
    return await asking;
  } catch (error) {
    const refusal = refusalIn(error);
    if (refusal === undefined) throw error;
    return refusal;
  }
}

function limitsOf(
  { memory, storage, streams, consumers, limits }: JetStreamUsageAccountLimits,
  tier: string,
): Limited[] {
  const of = tier === "" ? "the account" : `the account's tier ${tier}`;
  return limited([
    { what: `storage of ${of}`, used: storage, limit: limits.max_storage, unit: "bytes" },
    { what: `memory of ${of}`, used: memory, limit: limits.max_memory, unit: "bytes" },
    { what: `streams of ${of}`, used: streams, limit: limits.max_streams, unit: "count" },
    { what: `consumers of ${of}`, used: consumers, limit: limits.max_consumers, unit: "count" },
  ]);
}

function limited(all: readonly Limited[]): Limited[] {
  return all.filter(({ limit }) => limit > 0);
}
