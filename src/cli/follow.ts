import type { SentEvent } from "../client/events.ts";
import { typeAndSubject, type Address } from "../protocol/subjects.ts";
import { writeOutput } from "./print.ts";
import { liveJson, liveLines, type LiveOut } from "./render/live-lines.ts";
import { stdout } from "./stdio.ts";

/**
 * Shows the live output of messages. The caller passes the events of the messages to `onEvent`. When the result is
 * disposed of, incomplete lines are shown too.
 */
export function follow(
  messages: readonly Address[],
  { json }: { readonly json: boolean },
): { readonly onEvent: (event: SentEvent) => Promise<void> | void } & Disposable {
  const hasOneLane = new Set(messages.map(typeAndSubject)).size <= 1;
  const nameOf = ({ node, subject }: Address): string => (hasOneLane ? node : `${node} ${subject}`);
  const view = json ? liveJson(terminal) : liveLines(terminal, nameOf);
  return {
    onEvent: (event) => {
      if (!json && event.kind === "gap") stdout.isPartial = true;
      return view.take(event);
    },
    [Symbol.dispose]: () => view.end(),
  };
}

const terminal: LiveOut = {
  stdout: (bytes) => writeOutput("stdout", bytes),
  stderr: (bytes) => writeOutput("stderr", bytes),
};
