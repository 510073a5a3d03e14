import type { Handler } from "../handlers/define.ts";
import type { Registry } from "../handlers/registry.ts";
import type { Ack } from "../protocol/ack.ts";
import { StewardError, messageOf, type ErrorCode } from "../protocol/errors.ts";
import { check, messageSchema, type Message } from "../protocol/message.ts";
import { isId, isToken, laneName } from "../protocol/subjects.ts";
import type { Held } from "./held.ts";

/** A message that may run, with the handler that serves it and the data as the handler's schema gave it back. */
export interface Accepted {
  readonly kind: "accepted";
  readonly message: Message;
  readonly handler: Handler;
  readonly data: readonly string[];
}

/** A message that is answered without running, and the part of the ACK that says why. */
export interface Refused {
  readonly kind: "refused";
  readonly message: Message | undefined;
  readonly ack: Pick<Ack, "error" | "message" | "raw">;
}

/** Checks a message in full before anything of it runs: its bytes, its form, its address, and that it is served here. */
export async function accept(held: Held, payload: Uint8Array, registry: Registry): Promise<Accepted | Refused> {
  let message: Message | undefined;
  try {
    if (held.forgedHeader !== undefined) {
      throw new StewardError("forgedHeaders", `the message carries the header ${held.forgedHeader}`);
    }
    message = check(messageSchema, parseJson(payload));
    assertAddress(held, message);
    const handler = registry.find(held.address);
    if (handler === undefined) {
      const served = registry.names().join(", ");
      throw new StewardError("noHandler", `this node serves no ${laneName(message)}; it serves ${served}`);
    }
    return { kind: "accepted", message, handler, data: await checkData(handler, message) };
  } catch (error) {
    const code: ErrorCode = error instanceof StewardError ? error.code : "badMessage";
    const reason = { code, message: messageOf(error).slice(0, 2000) };
    return { kind: "refused", message, ack: { error: reason, ...(message ? { message } : { raw: rawOf(payload) }) } };
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new StewardError("badMessage", "the message is not UTF-8");
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StewardError("badMessage", `the message is not JSON: ${messageOf(error).slice(0, 200)}`);
  }
}

function assertAddress({ address, messageId }: Held, message: Message): void {
  const { node, messageType, subject } = address;
  if (!isToken(subject) || !isId(messageId)) {
    throw new StewardError("badName", "a token of the message's subject holds characters that are not allowed");
  }
  const came = `${node}.${messageType}.${subject}.${messageId}`;
  const says = `${message.node}.${message.messageType}.${message.subject}.${message.id}`;
  if (says !== came) throw new StewardError("wrongSubject", `the message says ${says} and came on ${came}`);
}

async function checkData(handler: Handler, message: Message): Promise<readonly string[]> {
  const result = await handler.data["~standard"].validate(message.data);
  if (result.issues === undefined) return result.value;
  throw new StewardError("badData", result.issues[0]?.message ?? "the data does not fit");
}

function rawOf(bytes: Uint8Array): NonNullable<Ack["raw"]> {
  try {
    return { data: utf8.decode(bytes) };
  } catch {
    return { data: Buffer.from(bytes).toString("base64"), encoding: "base64" };
  }
}
