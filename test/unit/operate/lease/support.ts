import { errors, type Msg } from "nats";
import { pino } from "pino";
import { onTestFinished, vi } from "vitest";
import { thisProcess } from "../../../../src/exec/process-identity.ts";
import { Lease } from "../../../../src/operate/lease.ts";
import type { StewardError } from "../../../../src/protocol/errors.ts";
import type { Presence } from "../../../../src/protocol/presence.ts";
import {
  answerOf,
  found,
  notFound,
  refusal,
  scriptedBroker,
  stored,
  type Asked,
  type ScriptedBroker,
} from "../../broker/support.ts";

/** The heartbeat of a daemon; by default, of this very process. */
export function presenceOf(instance: string, changes: Partial<Presence> = {}): Presence {
  return { instance, startedAt: "2026-01-31T12:00:00.000Z", lanes: [], ...thisProcess(), ...changes };
}

/** A process of this host that has ended. */
export const ended: Partial<Presence> = { startTicks: "1" };
/** A process on another host. */
export const elsewhere: Partial<Presence> = { host: "elsewhere" };

export interface ScriptedLease {
  readonly lease: Lease;
  readonly shutdown: AbortController;
  readonly lost: ReturnType<typeof vi.fn<(error: StewardError) => void>>;
  readonly asked: Asked[];
  /** The node's entry in the bucket. */
  readonly entry: () => { readonly revision: number; readonly value: string; readonly operation?: string } | undefined;
  /** Writes an entry of another daemon, or with an operation a marker; none is a key that never existed. */
  readonly put: (value: string, operation?: string) => void;
  /** The next result of a write instead of its answer; the write is stored all the same. */
  readonly loseAnswer: () => void;
  /** So many writes that are not stored, and get no answer. */
  readonly loseRequests: (count: number) => void;
  /** The answer on the node's control subject. */
  readonly control: { answer: Msg | Error | Promise<Msg | Error> };
  /** Delays writes. */
  readonly writing: { before: Promise<void> };
  /** The error with which writes are refused. */
  refuse: Error | undefined;
  readonly connection: ScriptedBroker["connection"];
}

/** What the lease of a daemon with nothing to do needs to know. */
export interface Habits {
  readonly idleBeat?: number;
  readonly presence?: () => Presence;
}

/** The lease of the daemon `me` on the node ship1, over a bucket of one key. */
export function scriptedLease(
  beat: number = 60_000,
  { idleBeat = beat, presence = () => presenceOf("me") }: Habits = {},
): ScriptedLease {
  let entry: { revision: number; value: string; operation?: string } | undefined;
  let lostAnswers = 0;
  let lostRequests = 0;
  const control: ScriptedLease["control"] = { answer: new errors.NoRespondersError("control") };
  const writing: ScriptedLease["writing"] = { before: Promise.resolve() };
  const put = (value: string, operation?: string): void => {
    entry = { revision: (entry?.revision ?? 0) + 1, value, ...(operation === undefined ? {} : { operation }) };
  };
  const write = async ({ body, headers, timeout }: Asked): Promise<Msg | Error> => {
    await writing.before;
    if (scripted.refuse !== undefined) return scripted.refuse;
    if (lostRequests > 0) {
      lostRequests -= 1;
      await new Promise((resolve) => setTimeout(resolve, timeout));
      return new errors.TimeoutError();
    }
    const standing = entry?.revision ?? 0;
    if (headers["Nats-Expected-Last-Subject-Sequence"] !== String(standing)) {
      return refusal(10_071, `wrong last sequence: ${standing}`);
    }
    put(body, headers["KV-Operation"]);
    if (lostAnswers === 0) return stored(entry!.revision);
    lostAnswers -= 1;
    return new errors.TimeoutError();
  };
  const { broker, asked, connection } = scriptedBroker((each) => {
    if (each.subject.endsWith(".control.status")) return control.answer;
    if (each.subject === "$KV.STEWARD_PRESENCE.ship1") return write(each);
    if (entry === undefined) return notFound();
    return found(entry.revision, entry.value, entry.operation === undefined ? {} : { "KV-Operation": entry.operation });
  });
  const shutdown = new AbortController();
  const lost = vi.fn<(error: StewardError) => void>();
  const lease = new Lease({
    broker,
    settings: { name: "ship1", presenceBeat: beat, presenceIdleBeat: idleBeat, presenceTtl: 3 * beat },
    presence,
    log: pino({ level: "silent" }),
    signal: shutdown.signal,
    lost,
  });
  onTestFinished(() => {
    lease.stop();
    shutdown.abort();
  });
  const scripted: ScriptedLease = {
    lease,
    shutdown,
    lost,
    asked,
    entry: () => entry,
    put,
    loseAnswer: () => {
      lostAnswers += 1;
    },
    loseRequests: (count) => {
      lostRequests += count;
    },
    control,
    writing,
    refuse: undefined,
    connection,
  };
  return scripted;
}

/** The instance that holds the lease. */
export function holderOf({ entry }: ScriptedLease): string | undefined {
  const { value = "", operation } = entry() ?? {};
  return operation !== undefined || value === "" ? undefined : (JSON.parse(value) as Presence).instance;
}

export const answered: Msg = answerOf({ instance: "other" });
