import type { ErrorCode } from "../protocol/errors.ts";
import type { Message } from "../protocol/message.ts";
import type { MessageType } from "../protocol/subjects.ts";
import type { Pattern } from "../util/glob.ts";

/** The content of a configuration file. Durations are in milliseconds, except in `options`. */
export interface NodeConfig {
  /** The options, by name in camelCase. The values have the form that a person types. */
  readonly options: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** The rules for messages. The first matching rule decides. Undefined: every message is accepted. */
  readonly accept: readonly AcceptRule[] | undefined;
  /** The rules for failures. The first matching rule decides. */
  readonly policy: readonly PolicyRule[];
  /** The rules for lanes. The first matching rule decides. */
  readonly lanes: readonly LaneRule[];
}

/** A rule for messages. A missing key matches everything. */
export interface AcceptRule {
  readonly name?: string | undefined;
  /** False: a matching message is refused. */
  readonly allow: boolean;
  readonly from?: Pattern | undefined;
  readonly type?: readonly MessageType[] | undefined;
  /** Matches the canonical subject: `log` for `textLogging`. */
  readonly subject?: Pattern | undefined;
  readonly data?: ((data: Message["data"]) => boolean) | undefined;
}

/** A rule for failures. A missing key keeps the default. */
export interface PolicyRule {
  /** Matches a lane's name; undefined: every lane. */
  readonly subject?: Pattern | undefined;
  readonly error?: readonly ErrorCode[] | undefined;
  /** The number of retries, unless the message sets a number. */
  readonly retries?: number | undefined;
  readonly retryWait?: number | undefined;
  /** What the node does after the last retry has failed. `retry` repeats the message without end. */
  readonly verdict: "retry" | "continue" | "restart" | "quarantine" | "shutdown";
}

export interface LaneRule {
  /** Matches a lane's name, such as `command.exec`. */
  readonly lane: Pattern;
  /** `halt` quarantines the lane after a failed or interrupted message. */
  readonly onFailure: "continue" | "halt";
  /** The longest time of one run in this lane, unless the message sets a timeout. */
  readonly timeout?: number | undefined;
}

/** The configuration of a node that has no configuration file. */
export const noConfig: NodeConfig = { options: {}, accept: undefined, policy: [], lanes: [] };

/** The first rule for this lane (`command.exec`) and error code; undefined when no rule matches. */
export function policyFor({ policy }: Pick<NodeConfig, "policy">, lane: string, code: string): PolicyRule | undefined {
  return policy.find(({ subject, error }) => subject?.(lane) !== false && error?.some((one) => one === code) !== false);
}

/** The first rule for a lane with this name (`command.exec`); undefined when no rule matches. */
export function laneRuleFor({ lanes }: Pick<NodeConfig, "lanes">, lane: string): LaneRule | undefined {
  return lanes.find((rule) => rule.lane(lane));
}
