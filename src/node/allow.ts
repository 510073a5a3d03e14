import type { AcceptRule } from "../config/node-config.ts";
import { messageOf } from "../protocol/errors.ts";
import type { Message } from "../protocol/message.ts";
import { canonicalSubject, typeAndSubject } from "../protocol/subjects.ts";

/**
 * The reason why the node's rules refuse a message. Undefined if the rules allow the message. The first rule that
 * matches decides. Without rules, every message is allowed.
 */
export function refusalOf(message: Message, rules: readonly AcceptRule[] | undefined): string | undefined {
  if (rules === undefined) return undefined;
  const what = `${typeAndSubject(message)} from ${message.from}`;
  for (const [at, rule] of rules.entries()) {
    const called = `rule ${at + 1}${rule.name === undefined ? "" : ` (${rule.name})`} of accept`;
    try {
      if (fits(message, rule)) return rule.allow ? undefined : `${called} refuses ${what}`;
    } catch (error) {
      return `${called} cannot judge ${what}: ${messageOf(error)}`;
    }
  }
  return `no rule of accept allows this ${what}`;
}

function fits(message: Message, { from, type, subject, data }: AcceptRule): boolean {
  return (
    from?.(message.from) !== false &&
    type?.includes(message.messageType) !== false &&
    subject?.(canonicalSubject(message.subject)) !== false &&
    data?.(message.data) !== false
  );
}
