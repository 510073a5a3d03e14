import type { ErrorCode } from "../protocol/errors.ts";
import type { Message } from "../protocol/message.ts";
import type { MessageType } from "../protocol/subjects.ts";
import type { Pattern } from "../util/glob.ts";

/** What a configuration file says. All durations are milliseconds, but for those of `options`. */
export interface NodeConfig {
  /** Options as they would be typed, by their names in camelCase. */
  readonly options: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** What the node accepts, the first rule that fits decides; undefined: everything. */
  readonly accept: readonly AcceptRule[] | undefined;
  /** What becomes of failures; the first rule that fits decides. */
  readonly policy: readonly PolicyRule[];
  /** How lanes differ from others; the first rule that fits decides. */
  readonly lanes: readonly LaneRule[];
}

/** What a part of a rule leaves out, it does not look at. */
export interface AcceptRule {
  readonly name?: string | undefined;
  /** False: what fits is refused. */
  readonly allow: boolean;
  readonly from?: Pattern | undefined;
  readonly type?: readonly MessageType[] | undefined;
  /** Fits the subject by which it is served: `log` for `textLogging`. */
  readonly subject?: Pattern | undefined;
  readonly data?: ((data: Message["data"]) => boolean) | undefined;
}

/** What is left out holds as without the rule. */
export interface PolicyRule {
  /** Fits a lane's name; undefined: every lane. */
  readonly subject?: Pattern | undefined;
  readonly error?: readonly ErrorCode[] | undefined;
  /** Further runs unless the message says. */
  readonly retries?: number | undefined;
  readonly retryWait?: number | undefined;
  /** What becomes of a failure that is left after the retries. `retry`: it is tried for ever. */
  readonly verdict: "retry" | "continue" | "restart" | "quarantine" | "shutdown";
}

export interface LaneRule {
  /** Fits a lane's name, such as `command.exec`. */
  readonly lane: Pattern;
  /** `halt`: after a message that failed or was interrupted the lane is quarantined. */
  readonly onFailure: "continue" | "halt";
  /** How long one run may last there unless the message says. */
  readonly timeout?: number | undefined;
}

/** The configuration of a node that has no file. */
export const noConfig: NodeConfig = { options: {}, accept: undefined, policy: [], lanes: [] };

/** The rule for a failure of a lane (`command.exec`) with an error code; undefined when none fits. */
export function policyFor({ policy }: Pick<NodeConfig, "policy">, lane: string, code: string): PolicyRule | undefined {
  return policy.find(({ subject, error }) => subject?.(lane) !== false && error?.some((one) => one === code) !== false);
}

/** The rule for a lane, by its name (`command.exec`); undefined when none fits. */
export function laneRuleFor({ lanes }: Pick<NodeConfig, "lanes">, lane: string): LaneRule | undefined {
  return lanes.find((rule) => rule.lane(lane));
}
