import { isFinal, type Ack } from "../../protocol/ack.ts";
import type { Message } from "../../protocol/message.ts";
import { typeAndSubject } from "../../protocol/subjects.ts";
import { stateOf, type MessageStatus } from "../../state/status.ts";
import type { Whereabouts } from "../../state/whereabouts.ts";
import { ackLine } from "./ack-line.ts";
import { oneLine } from "./line.ts";
import { inOneUnit } from "./table.ts";

/** The history of a message on one node. Each step is a line, from the sending to the current state. */
export function timeline(status: MessageStatus, whereabouts: Whereabouts, now: number = Date.now()): string[] {
  const { message, history } = status;
  const lines = message === undefined ? [] : [`${message.createdAt} ${placeOf(status)} ${sentText(message, status)}`];
  let shown: string | undefined;
  for (const entry of history) {
    const { ack } = entry;
    // The line with the instance comes after the line of the ACK. For a final ACK it comes before, because the output
    // comes after the line of the ACK.
    const instance = ack.instance === shown || isCancelledInQueue(ack) ? [] : [`  by ${instanceOf(ack, whereabouts)}`];
    shown = ack.instance;
    lines.push(...(isFinal(ack) ? [...instance, ackLine(entry)] : [ackLine(entry), ...instance]));
  }
  const last = history.at(-1)?.ack;
  if (last === undefined) lines.push(queuedLine(status, whereabouts));
  else if (!isFinal(last)) lines.push(runningLine(last, whereabouts, now));
  return lines;
}

/** The state of a message on a node, as one line. */
export function standingLine(status: MessageStatus): string {
  const last = status.history.at(-1);
  return last === undefined ? queuedLine(status) : ackLine(last);
}

/** The sender and the options of a message. */
export function sentText(message: Message, { address }: Pick<MessageStatus, "address">): string {
  const { from, timeout, retries = 0, retryWait, expires, delivery, reply, replayOf } = message;
  // A firing contains the message of its schedule, and that message has the id of the schedule.
  const parts = [`${message.id === address.id ? "sent" : `scheduled as ${message.id}`} by ${from}`];
  if (replayOf !== undefined) parts.push(`replay of ${replayOf}`);
  if (timeout !== undefined) parts.push(`timeout ${timeout}`);
  if (retries > 0) parts.push(`retries ${retries}${retryWait === undefined ? "" : ` after ${retryWait}`}`);
  // The journal can prove only for a limited time that a message did not run. So a message that may run at most once
  // must start within its `expires`.
  const begun = expires === undefined ? "" : ` within ${expires}`;
  if (delivery === "atMostOnce") parts.push(`at most once${begun}`);
  else if (expires !== undefined) parts.push(`expires ${expires}`);
  if (reply !== undefined) parts.push(`reply to ${reply.node}.${reply.subject}`);
  return parts.join(", ");
}

function placeOf({ address }: Pick<MessageStatus, "address">): string {
  return `${address.node} ${typeAndSubject(address)} ${address.id}`;
}

function queuedLine(status: MessageStatus, whereabouts?: Whereabouts): string {
  const { address, storedAt = "-" } = status;
  const head = `${storedAt} ${placeOf(status)} ${stateOf(status)}`;
  if (status.standing === "expired") {
    if (whereabouts === undefined) return `${head} in the queue; its node has not recorded that yet`;
    return `${head} in the queue; ${address.node} records it when ${whereabouts.up ? "its turn comes" : "it is up again"}`;
  }
  if (whereabouts === undefined) return head;
  const { up, hold, trouble } = whereabouts;
  const held =
    hold === undefined
      ? []
      : [`its lane is ${hold.state} by ${[hold.by, oneLine(hold.reason)].filter(Boolean).join(": ")}`];
  const blocked = trouble === undefined ? [] : [`its lane is blocked: ${oneLine(trouble.message)} (${trouble.code})`];
  if (status.standing === "running") return [head, ...blocked].join("; ");
  return [head, `${address.node} is ${up ? "up" : "down"}`, ...held, ...blocked].join("; ");
}

/** The daemon instance that wrote an ACK, with the host of the instance if known. */
function instanceOf({ instance }: Ack, { life }: Whereabouts): string {
  return `instance ${instance}${life?.instance === instance ? ` on ${life.host}` : ""}`;
}

/** True if an operator cancelled the message in the queue. The daemon did not write the ACK of such a message. */
function isCancelledInQueue({ cancelled }: Ack): boolean {
  return cancelled?.was === "queued";
}

function runningLine({ state, startedAt, node }: Ack, { up }: Whereabouts, now: number): string {
  const since = startedAt === undefined ? "" : ` for ${inOneUnit(now - Date.parse(startedAt))}`;
  const doing = state === "retrying" ? "waiting for the next attempt" : `running${since}`;
  return `  ${doing}${up ? "" : `; ${node} is down`}`;
}
