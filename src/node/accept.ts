import { validated, type Handler } from "../handlers/define.ts";
import type { Ack } from "../protocol/ack.ts";
import { StewardError, messageOf, type ErrorCode } from "../protocol/errors.ts";
import { assertUnderstood } from "../protocol/features.ts";
import { assertFits, check, messageSchema, type Message } from "../protocol/message.ts";
import { originalOf, rawOf } from "../protocol/original.ts";
import { parseStrict } from "../protocol/strict-json.ts";
import { isId, isToken, typeAndSubject, type Address } from "../protocol/subjects.ts";
import { refusalOf } from "./allow.ts";
import type { Parts } from "./parts.ts";
import type { Taken } from "./taken.ts";

/** A message that may run, with its handler. `data` is the data in the form that the handler's schema returned. */
export interface Accepted {
  readonly kind: "accepted";
  readonly message: Message;
  readonly handler: Handler;
  readonly data: readonly string[];
}

/** A message that gets a final ACK without a run. `ack` is the part of the final ACK that gives the reason. */
export interface Refused {
  readonly kind: "refused";
  readonly message: Message | undefined;
  readonly ack: Pick<Ack, "error" | "message" | "raw">;
}

/**
 * Checks all of a message before it runs: its bytes, its form, its address, the rules of the node, the handler, and the
 * schema of the handler.
 */
export async function accept(
  taken: Taken,
  payload: Uint8Array,
  { settings, registry }: Pick<Parts, "settings" | "registry">,
): Promise<Accepted | Refused> {
  let message: Message | undefined;
  try {
    if (taken.forgedHeader !== undefined) {
      throw new StewardError("forgedHeaders", `the message carries the header ${taken.forgedHeader}`);
    }
    assertTokens(taken);
    const value = parseStrict(payload);
    assertUnderstood(value);
    message = check(messageSchema, value);
    assertAddress(taken, message);
    assertFits(message.data);
    const refusal = refusalOf(message, settings.config().accept);
    if (refusal !== undefined) throw new StewardError("notAccepted", refusal);
    const handler = registry.find(taken.address);
    if (handler === undefined) {
      const served = registry.names().join(", ");
      throw new StewardError("noHandler", `this node has no handler for ${typeAndSubject(message)}; it has ${served}`);
    }
    if (message.encoding !== undefined && handler.takesBytes !== true) {
      throw new StewardError("badData", `${typeAndSubject(message)} takes text, not bytes in ${message.encoding}`);
    }
    return { kind: "accepted", message, handler, data: await validated(handler, message.data) };
  } catch (error) {
    // Every check here throws a StewardError; only a handler's own schema may throw another error.
    const code: ErrorCode = error instanceof StewardError ? error.code : "badData";
    const reason = { code, message: messageOf(error).slice(0, 2000) };
    // A message that this version does not understand may still be readable. Then the ACK contains it, and its `reply`
    // is answered.
    const original = code === "notUnderstood" ? originalOf(payload) : message ? { message } : { raw: rawOf(payload) };
    return { kind: "refused", message, ack: { error: reason, ...original } };
  }
}

function assertTokens({ came }: Taken): void {
  if (isToken(came.subject) && isId(came.id)) return;
  const name = JSON.stringify(pathOf(came).slice(0, 200));
  throw new StewardError(
    "badName",
    `the message arrived on ${name}, in which a token is too long or has characters that are not allowed`,
  );
}

function assertAddress({ came }: Taken, message: Message): void {
  const [said, real] = [pathOf(message), pathOf(came)];
  if (said !== real) throw new StewardError("wrongSubject", `the message says ${said} but arrived on ${real}`);
}

function pathOf({ node, messageType, subject, id }: Address): string {
  return `${node}.${messageType}.${subject}.${id}`;
}
