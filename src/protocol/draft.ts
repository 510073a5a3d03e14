import * as v from "valibot";
import { StewardError } from "./errors.ts";
import {
  assertFits,
  check,
  dataSchema,
  idSchema,
  messageTypeSchema,
  nodeSchema,
  optionEntries,
  retriesFitDelivery,
  tokenSchema,
  type MessageOptions,
} from "./message.ts";
import { strictKeys } from "./strict-keys.ts";
import { canonicalSubject, type MessageType } from "./subjects.ts";

/** A message as a person or a file describes it, for one or several nodes. The sender adds the missing keys. */
export interface Draft extends MessageOptions {
  readonly id?: string | undefined;
  readonly nodes: readonly string[];
  readonly messageType: MessageType;
  readonly subject: string;
  readonly data: readonly string[];
  readonly from?: string | undefined;
  /** As in `Message`. */
  readonly encoding?: "base64" | undefined;
}

/** A draft without its nodes. */
export type Template = Omit<Draft, "nodes">;

const nodeList = v.pipe(v.array(nodeSchema), v.minLength(1, "must name a node"));
const oneNode = v.pipe(
  nodeSchema,
  v.transform((name) => [name]),
);

const ownForm = v.pipe(
  strictKeys(
    {
      id: v.optional(idSchema),
      node: v.lazy((value) => (Array.isArray(value) ? nodeList : oneNode)),
      messageType: v.optional(messageTypeSchema),
      subject: tokenSchema,
      data: v.optional(dataSchema, []),
      from: v.optional(tokenSchema),
      ...optionEntries,
    },
    "must be an object",
  ),
  retriesFitDelivery(),
);

/** The keys of the original program. These keys continue to work unchanged. */
const originalForm = strictKeys(
  {
    toNode: nodeSchema,
    data: dataSchema,
    commandOrEvent: messageTypeSchema,
    method: tokenSchema,
  },
  "must be an object",
);

/**
 * Checks a message that a person wrote. The keys are Steward's own or those of the original program. Refuses unknown
 * keys, because an unknown key is a mistake. Throws `badMessage` with the place of the first fault, or `tooLarge`.
 */
export function parseDraft(value: unknown): Draft {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new StewardError("badMessage", "a message is an object with keys such as node, subject and data");
  }
  const draft = "toNode" in value || "method" in value ? fromOriginal(value) : fromOwn(value);
  assertFits(draft.data);
  return draft;
}

/** The default type of a subject: `log` and `error` are events, all others are commands. */
function habitualType(subject: string): MessageType {
  return subject === "log" || subject === "error" ? "event" : "command";
}

function fromOwn(value: object): Draft {
  const { node, messageType, ...rest } = check(ownForm, value);
  const subject = canonicalSubject(rest.subject);
  return { ...rest, subject, nodes: node, messageType: messageType ?? habitualType(subject) };
}

function fromOriginal(value: object): Draft {
  const { toNode, data, commandOrEvent, method } = check(originalForm, value);
  return { nodes: [toNode], messageType: commandOrEvent, subject: canonicalSubject(method), data };
}
