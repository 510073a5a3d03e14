import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { Queue } from "../broker/write/queue.ts";
import type { Ack } from "../protocol/ack.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { derivedId } from "../protocol/ids.ts";
import type { LaneHold } from "../protocol/lane-hold.ts";
import type { Message } from "../protocol/message.ts";
import { typeAndSubject, type Address } from "../protocol/subjects.ts";

/** The node that writes notices, and the node that receives failures. */
export interface NoticeSettings {
  readonly name: string;
  readonly central: string;
}

/** If there is no queue, the time until the next try to send a notice, in milliseconds. */
const retryMs = 500;

/** Sends notices. A notice is a message that follows from the end of a message on this node. */
export class Notices {
  readonly #queue: Queue;
  readonly #log: Logger;
  readonly #signal: AbortSignal;

  constructor(queue: Queue, log: Logger, signal: AbortSignal) {
    this.#queue = queue;
    this.#log = log;
    this.#signal = signal;
  }

  /**
   * Sends the notices one after the other. A notice that the broker refuses is logged and dropped. If there is no queue,
   * waits until somebody has created it again.
   */
  async send(notices: readonly Message[]): Promise<void> {
    for (const notice of notices) {
      for (let tries = 0; !(await this.#sendOnce(notice, tries)); tries++) {
        await delay(retryMs, undefined, { signal: this.#signal }).catch(() => undefined);
      }
    }
  }

  /** Sends a notice once. Resolves to false if there is no queue. */
  async #sendOnce(notice: Message, tries: number): Promise<boolean> {
    try {
      await this.#queue.send([notice], { signal: this.#signal });
      return true;
    } catch (error) {
      this.#signal.throwIfAborted();
      const isMissing = StewardError.is(error, "streamsMissing");
      const what = isMissing ? "a notice waits for the queue" : "a notice was not stored";
      if (tries === 0 || !isMissing) {
        this.#log.error({ id: notice.id, to: notice.node }, `${what}: ${messageOf(error)}`);
      }
      return !isMissing;
    }
  }
}

/**
 * The notices that follow from a final ACK. A failure is sent to the central node. A result is sent to the node in the
 * message's `reply`. The id of a notice is made from the address of the message, so the broker drops a repeat after a
 * crash.
 */
export function noticesOf(address: Address, final: Ack, settings: NoticeSettings): Message[] {
  const notices: Message[] = [];
  // A failed error event causes no further error event. Otherwise two nodes would send each other errors without end.
  if (isFailure(final) && typeAndSubject(address) !== "event.error") {
    const text = failureText(address, final);
    notices.push(event("error", address, { node: settings.central, subject: "error" }, text, settings));
  }
  const reply = final.message?.reply;
  // Most cancelled messages never reach a daemon, so a cancelled message never sends a result.
  if (reply !== undefined && final.state !== "cancelled") {
    const text = final.output?.stdout || failureText(address, final);
    notices.push(event("reply", address, reply, text, settings));
  }
  return notices;
}

/** The notice to the central node that a lane is quarantined. */
export function quarantineNotice(lane: string, { since, reason }: LaneHold, settings: NoticeSettings): Message {
  const { name, central } = settings;
  const about = { node: name, messageType: "command", subject: lane, id: since } as const;
  const text = `${since} ${name} ${lane} quarantined: ${reason}; \`steward lanes ${name} resume ${lane}\` resumes it\n`;
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
