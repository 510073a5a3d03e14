import { noConfig, type NodeConfig, type PolicyRule } from "../../../../src/config/node-config.ts";
import { Kernel, type Failure } from "../../../../src/node/kernel.ts";
import { nodeDefaults, type NodeSettings } from "../../../../src/node/settings.ts";
import type { Ack } from "../../../../src/protocol/ack.ts";
import type { Message } from "../../../../src/protocol/message.ts";
import { glob } from "../../../../src/util/glob.ts";
import { messageWith } from "../support.ts";

/** A kernel with these settings and this configuration. */
export function kernelWith(settings: Partial<NodeSettings> = {}, config: Partial<NodeConfig> = {}): Kernel {
  return new Kernel({ ...nodeDefaults, ...settings, config: () => ({ ...noConfig, ...config }) });
}

/** A rule of the policy, for a lane's name with `*`. */
export function rule(
  verdict: PolicyRule["verdict"],
  { lane, ...rest }: Partial<PolicyRule> & { lane?: string } = {},
): PolicyRule {
  return { verdict, ...rest, ...(lane === undefined ? {} : { subject: glob(lane) }) };
}

/** A run of `command.ping` that failed, by exit code unless told. */
export function failed(message: Partial<Message> = {}, attempt: number = 1, code: string = "exitCode"): Failure {
  return { message: messageWith(message), attempt, error: { code, isTerminal: false } };
}

/** The final ACK of a `command.ping`, unless told that it failed by its exit code. */
export function finalOf(changes: Partial<Ack> = {}): Ack {
  const { id, node, messageType, subject } = messageWith();
  const error = { code: "exitCode", message: "exit code 1" };
  return { id, node, messageType, subject, state: "failed", attempt: 1, instance: "me", error, ...changes };
}
