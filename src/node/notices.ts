import type { Logger } from "pino";
import type { Queue } from "../broker/write/queue.ts";
import type { Ack } from "../protocol/ack.ts";
import { messageOf } from "../protocol/errors.ts";
import { derivedId } from "../protocol/ids.ts";
import type { LaneHold } from "../protocol/lane-hold.ts";
import type { Message } from "../protocol/message.ts";
import { typeAndSubject, type Address } from "../protocol/subjects.ts";

/** Who writes notices, and to whom failures go. */
export interface NoticeSettings {
  readonly name: string;
  readonly central: string;
}

/** Sends the messages that follow from what happened on this node. */
export class Notices {
  readonly #queue: Queue;
  readonly #log: Logger;
  readonly #signal: AbortSignal;

  constructor(queue: Queue, log: Logger, signal: AbortSignal) {
    this.#queue = queue;
    this.#log = log;
    this.#signal = signal;
  }

  /** Sends one after the other. One that the broker refuses is written to the log and given up. */
  async send(notices: readonly Message[]): Promise<void> {
    for (const notice of notices) {
      try {
        await this.#queue.send([notice], { signal: this.#signal });
      } catch (error) {
        this.#signal.throwIfAborted();
        this.#log.error({ id: notice.id, to: notice.node }, `a notice was not stored: ${messageOf(error)}`);
      }
    }
  }
}

/**
 * The messages that follow from a final ACK: the failure told to the central node, and the result sent where the
 * message asked for it. Their ids are made from the address of the message, so a repeat after a crash is dropped.
 */
export function noticesOf(address: Address, final: Ack, settings: NoticeSettings): Message[] {
  const notices: Message[] = [];
  // The failure of an error event makes no further one: two nodes would tell each other for ever.
  if (isFailure(final) && typeAndSubject(address) !== "event.error") {
    const text = failureText(address, final);
    notices.push(event("error", address, { node: settings.central, subject: "error" }, text, settings));
  }
  const reply = final.message?.reply;
  // Most cancelled messages never come to a daemon, so none of them has a result to send.
  if (reply !== undefined && final.state !== "cancelled") {
    const text = final.output?.stdout || failureText(address, final);
    notices.push(event("reply", address, reply, text, settings));
  }
  return notices;
}

/** Tells the central node that a lane begins nothing more. */
export function quarantineNotice(lane: string, { since, reason }: LaneHold, settings: NoticeSettings): Message {
  const { name, central } = settings;
  const about = { node: name, messageType: "command", subject: lane, id: since } as const;
  const text = `${since} ${name} ${lane} quarantined: ${reason}; \`steward lanes ${name} resume ${lane}\` lets it go on\n`;
  return event("held", about, { node: central, subject: "error" }, text, settings);
}

function isFailure({ state }: Ack): boolean {
  return state !== "succeeded" && state !== "cancelled";
}

function failureText(address: Address, { finishedAt, state, error }: Ack): string {
  const why = error === undefined ? "" : `: ${error.message} (${error.code})`;
  return `${finishedAt ?? ""} ${address.node} ${typeAndSubject(address)} ${address.id} ${state}${why}\n`;
}

function event(
  prefix: string,
  about: Address,
  to: { readonly node: string; readonly subject: string },
  text: string,
  { name }: NoticeSettings,
): Message {
  const createdAt = new Date().toISOString();
  return { id: derivedId(prefix, about), ...to, messageType: "event", data: [text], from: name, createdAt };
}
