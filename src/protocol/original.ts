import type { Ack } from "./ack.ts";
import { check, messageSchema } from "./message.ts";
import { parseStrict } from "./strict-json.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The original message for a final ACK. If the bytes are not a message, the raw bytes. */
export function originalOf(bytes: Uint8Array): Pick<Ack, "message" | "raw"> {
  const raw = rawOf(bytes);
  if (raw.encoding !== undefined) return { raw };
  try {
    return { message: check(messageSchema, parseStrict(bytes)) };
  } catch {
    return { raw };
  }
}

/** Bytes that are not a message, in the form that a final ACK contains: text, or base64 if the bytes are not UTF-8. */
export function rawOf(bytes: Uint8Array): NonNullable<Ack["raw"]> {
  try {
    return { data: utf8.decode(bytes) };
  } catch {
    return { data: Buffer.from(bytes).toString("base64"), encoding: "base64" };
  }
}
