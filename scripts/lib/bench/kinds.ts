import type { MessageType } from "../../../src/protocol/subjects.ts";

/** The content of a message, without its target. */
export interface Work {
  readonly messageType: MessageType;
  readonly subject: string;
  readonly data: readonly string[];
}

/** A line of a log file of 100 bytes. */
export const line: string = `${"a line of a log file ".repeat(5).slice(0, 99)}\n`;

export const ping: Work = { messageType: "command", subject: "ping", data: [] };
export const exec: Work = { messageType: "command", subject: "exec", data: ["echo", "hi"] };
export const noop: Work = { messageType: "command", subject: "noop", data: [] };
export const log: Work = { messageType: "event", subject: "log", data: [line] };
