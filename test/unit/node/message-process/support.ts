import { MessageProcess } from "../../../../src/node/message-process.ts";
import type { Handler } from "../../../../src/handlers/define.ts";
import type { Ack } from "../../../../src/protocol/ack.ts";
import type { Message } from "../../../../src/protocol/message.ts";
import { handlerWith, MemoryJournal, testParts } from "../test-parts.ts";
import { takenOf, messageWith } from "../support.ts";

export interface Scripted {
  readonly process: MessageProcess;
  /** Makes another process of the same message, in the same life of the daemon. */
  readonly another: () => MessageProcess;
  readonly journal: MemoryJournal;
  readonly message: Message;
  /** Takes the message through its whole process, or another one; resolves to the final ACK that stands. */
  readonly through: (process?: MessageProcess) => Promise<Ack>;
}

export interface Script {
  readonly message?: Partial<Message>;
  readonly handler?: Partial<Handler>;
  readonly env?: Parameters<typeof testParts>[2];
  /** How long ago the message was stored, in milliseconds. */
  readonly age?: number;
}

/** The process of one message, with a journal in memory. */
export function scripted({ message: changes = {}, handler, env, age = 0 }: Script = {}): Scripted {
  const journal = new MemoryJournal();
  const message = messageWith(changes);
  const { messageType, subject } = message;
  const taken = takenOf(message, { storedAt: Date.now() - age });
  const parts = testParts(journal, [handlerWith({ messageType, subject, ...handler })], env);
  const another = (): MessageProcess => new MessageProcess(taken, taken.payload!, parts);
  const process = another();
  const through = async (one: MessageProcess = process): Promise<Ack> =>
    (await one.close(await one.run(await one.open()))).ack;
  return { process, another, journal, message, through };
}

/** An ACK of the message as another life of the daemon wrote it, or another daemon. */
export function ackOf({ id, node, messageType, subject }: Message, state: Ack["state"], attempt: number): Ack {
  return { id, node, messageType, subject, state, attempt, instance: "another" };
}

/** Rejects once the signal is aborted, as a handler does that heeds it. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("ended early")), { once: true });
  });
}
