import type { Ack } from "./ack.ts";
import { check, messageSchema } from "./message.ts";
import { parseStrict } from "./strict-json.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The part of a final ACK that holds the original: the message, or the bytes when they are none. */
export function originalOf(bytes: Uint8Array): Pick<Ack, "message" | "raw"> {
  const raw = rawOf(bytes);
  if (raw.encoding !== undefined) return { raw };
  try {
    return { message: check(messageSchema, parseStrict(bytes)) };
  } catch {
    return { raw };
  }
}

/** Bytes as a final ACK holds them when they are no message. */
export function rawOf(bytes: Uint8Array): NonNullable<Ack["raw"]> {
  try {
    return { data: utf8.decode(bytes) };
  } catch {
    return { data: Buffer.from(bytes).toString("base64"), encoding: "base64" };
  }
}
