import type { Ack } from "./ack.ts";
import { check, messageSchema } from "./message.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The part of a final ACK that holds the original: the message, or the bytes when they are none. */
export function originalOf(bytes: Uint8Array): Pick<Ack, "message" | "raw"> {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { raw: { data: Buffer.from(bytes).toString("base64"), encoding: "base64" } };
  }
  try {
    return { message: check(messageSchema, JSON.parse(text)) };
  } catch {
    return { raw: { data: text } };
  }
}
