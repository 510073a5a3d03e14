import type { Broker } from "../broker/connection/broker.ts";
import { FollowedOutput } from "../follow/followed-output.ts";
import { typeAndSubject, type Address } from "../protocol/subjects.ts";
import { writeOutput } from "./print.ts";
import { liveJson, liveLines, type LiveOut } from "./render/live-lines.ts";
import { stdout } from "./stdio.ts";

/**
 * Shows what these messages print while they run, once `live` is handed to who sends them or waits for them; until it
 * is disposed of, when it also shows lines that have no end yet.
 */
export function follow(
  broker: Broker,
  messages: readonly Address[],
  { json }: { readonly json: boolean },
): { readonly live: FollowedOutput } & Disposable {
  const hasOneLane = new Set(messages.map(typeAndSubject)).size <= 1;
  const nameOf = ({ node, subject }: Address): string => (hasOneLane ? node : `${node} ${subject}`);
  const view = json ? liveJson(terminal) : liveLines(terminal, nameOf);
  const live = new FollowedOutput(broker, (event) => {
    if (!json && event.kind === "gap") stdout.isPartial = true;
    return view.take(event);
  });
  return {
    live,
    [Symbol.dispose]: () => {
      live[Symbol.dispose]();
      view.end();
    },
  };
}

const terminal: LiveOut = {
  stdout: (bytes) => writeOutput("stdout", bytes),
  stderr: (bytes) => writeOutput("stderr", bytes),
};
