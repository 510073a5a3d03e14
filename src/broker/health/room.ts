import { askApi, type ApiError } from "../connection/api.ts";
import type { Broker } from "../connection/broker.ts";
import type { StreamUsage } from "../topology/account-limits.ts";
import { shippedStreams } from "../topology/shipped-streams.ts";

/** The use of something that has a limit. */
export interface Limited {
  readonly what: string;
  readonly used: number;
  readonly limit: number;
  readonly unit: "bytes" | "count";
}

/** The account's limits in JetStream and its use of them; what has no limit is left out. */
export interface Account {
  readonly storedBytes: number;
  readonly limits: readonly Limited[];
  /** The use and limits of streams, by tier if the account is limited by tier. */
  readonly usages: readonly StreamUsage[];
}

interface Usage extends StreamUsage {
  readonly memory: number;
  readonly storage: number;
  readonly consumers: number;
  readonly limits: StreamUsage["limits"] & { readonly max_memory: number; readonly max_storage: number };
}

interface AccountAnswer extends Usage {
  /** By the number of replicas, if the account is limited that way. */
  readonly tiers?: Readonly<Record<string, Usage>>;
  readonly error?: ApiError;
}

interface StreamAnswer {
  readonly config?: { readonly max_bytes: number; readonly max_msgs: number; readonly max_consumers: number };
  readonly state?: { readonly bytes: number; readonly messages: number; readonly consumer_count: number };
  readonly error?: ApiError;
}

/** The account's limits and use, or the reason why it has no JetStream. Rejects with silence without an answer. */
export async function readAccount(broker: Broker): Promise<Account | ApiError> {
  const answer = await askApi<AccountAnswer>(broker, "$JS.API.INFO", "", 3000);
  if (answer.error !== undefined) return answer.error;
  const tiers = Object.entries(answer.tiers ?? { "": answer });
  const limits = tiers.flatMap(([tier, usage]) => limitsOf(usage, tier));
  return { storedBytes: answer.storage, limits, usages: tiers.map(([, usage]) => usage) };
}

/** The use of the streams that have a limit. As shipped, none has one, but an operator may set some. */
export async function streamLimits(broker: Broker): Promise<Limited[]> {
  const names = shippedStreams(broker.namespace).map(({ name }) => name);
  const answers = await Promise.all(
    names.map(async (name) => ({ name, ...(await askApi<StreamAnswer>(broker, `$JS.API.STREAM.INFO.${name}`, "")) })),
  );
  return answers.flatMap(({ name, config, state }) => {
    if (config === undefined || state === undefined) return [];
    return limited([
      { what: `bytes of ${name}`, used: state.bytes, limit: config.max_bytes, unit: "bytes" },
      { what: `messages in ${name}`, used: state.messages, limit: config.max_msgs, unit: "count" },
      { what: `consumers of ${name}`, used: state.consumer_count, limit: config.max_consumers, unit: "count" },
    ]);
  });
}

function limitsOf({ memory, storage, streams, consumers, limits }: Usage, tier: string): Limited[] {
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
