import { laneRuleFor, policyFor } from "../config/node-config.ts";
import { knownState, type Ack } from "../protocol/ack.ts";
import type { Message } from "../protocol/message.ts";
import { laneOf } from "../protocol/subjects.ts";
import { longestTimer, parseDuration } from "../util/duration.ts";
import type { RunFailure } from "./attempt.ts";
import { maxRetryWait, type NodeSettings } from "./settings.ts";

/** A failed run, as the process of the message reports it. */
export interface Failure {
  readonly message: Message;
  readonly attempt: number;
  readonly error: Pick<RunFailure, "code" | "isTerminal">;
}

/** The verdict on a failed run: run once more after a wait, or record the failure. */
export type RunVerdict = { readonly kind: "retry"; readonly afterMs: number } | { readonly kind: "record" };

/**
 * The verdict on a lane after a message has ended. `continue`: begin the next message. `restart`: restart the lane
 * before the next message. `quarantine`: begin no further message until an operator resumes the lane. `shutdown`: stop
 * the daemon in order.
 */
export type LaneVerdict = "continue" | "restart" | "quarantine" | "shutdown";

/**
 * A lane is quarantined if it breaks more often than this in a row. A lane breaks by a fault of Steward, and not by a
 * fault of a handler.
 */
const breaksAllowed = 3;

/**
 * The error kernel receives every error, and decides how processes and lanes go on. The decision follows the policy in
 * the node's configuration. A verdict on a lane depends only on the final ACK, because a restarted daemon sees nothing
 * else and must come to the same verdict.
 */
export class Kernel {
  readonly #settings: Pick<NodeSettings, "retries" | "retryWait" | "config">;
  readonly #breaks = new Map<string, number>();
  /** The number of verdicts of each kind. */
  readonly verdicts: Record<string, number> = {};

  constructor(settings: Pick<NodeSettings, "retries" | "retryWait" | "config">) {
    this.#settings = settings;
  }

  /** Decides if a failed run is repeated. The wait doubles with each attempt and has jitter. */
  judgeRun({ message, attempt, error }: Failure): RunVerdict {
    const rule = policyFor(this.#settings.config(), laneOf(message), error.code);
    const allowed = message.retries ?? rule?.retries ?? this.#settings.retries;
    const retries = rule?.verdict === "retry" ? Infinity : allowed;
    if (message.delivery === "atMostOnce" || error.isTerminal || attempt > retries) return { kind: "record" };
    const first = parseDuration(message.retryWait ?? "") ?? rule?.retryWait ?? this.#settings.retryWait;
    const wait = Math.min(first * 2 ** Math.min(attempt - 1, 30), Math.max(first, maxRetryWait));
    this.#count("retry");
    return { kind: "retry", afterMs: Math.min(longestTimer, Math.round(wait * (0.75 + Math.random() / 2))) };
  }

  /** The verdict on the lane of a message that ended. Rejected, expired and cancelled messages do not stop a lane. */
  judge(final: Ack): LaneVerdict {
    const state = knownState(final);
    if (state !== "failed" && state !== "interrupted") return "continue";
    return this.#count(this.#afterFailure(laneOf(final), final.error?.code ?? ""));
  }

  /** Records that a lane has settled a message. The lane works, so the count of its breaks starts again. */
  settled(lane: string): void {
    this.#breaks.delete(lane);
  }

  /** The verdict on a lane that broke. The lane is restarted, or quarantined if it breaks again and again. */
  judgeLane(lane: string): "restart" | "quarantine" {
    const breaks = (this.#breaks.get(lane) ?? 0) + 1;
    this.#breaks.set(lane, breaks);
    return this.#count(breaks > breaksAllowed ? "quarantine" : "restart");
  }

  #afterFailure(lane: string, code: string): LaneVerdict {
    const config = this.#settings.config();
    const verdict = policyFor(config, lane, code)?.verdict ?? "continue";
    if (verdict !== "continue" && verdict !== "retry") return verdict;
    return laneRuleFor(config, lane)?.onFailure === "halt" ? "quarantine" : "continue";
  }

  #count<T extends string>(verdict: T): T {
    this.verdicts[verdict] = (this.verdicts[verdict] ?? 0) + 1;
    return verdict;
  }
}
