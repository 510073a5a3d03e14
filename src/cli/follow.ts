import type { Writable } from "node:stream";
import type { Broker } from "../broker/broker.ts";
import { laneName, type Address } from "../protocol/subjects.ts";
import { LiveOutput } from "../send/live-output.ts";
import { writeOutput, type StreamName } from "./print.ts";
import { liveJson, liveLines, type LiveOut } from "./render/live-lines.ts";

/**
 * Shows what these messages print while they run, once `live` is handed to who sends them or waits for them; until it is
 * disposed of, when it also shows lines that have no end yet.
 */
export function follow(
  broker: Broker,
  messages: readonly Address[],
  { json }: { readonly json: boolean },
): { readonly live: LiveOutput } & Disposable {
  const hasOneLane = new Set(messages.map(laneName)).size <= 1;
  const nameOf = ({ node, subject }: Address): string => (hasOneLane ? node : `${node} ${subject}`);
  const view = json ? liveJson(terminal) : liveLines(terminal, nameOf);
  const live = new LiveOutput(broker, (event) => view.take(event));
  return {
    live,
    [Symbol.dispose]: () => {
      live[Symbol.dispose]();
      view.end();
    },
  };
}

const terminal: LiveOut = {
  stdout: (bytes) => written("stdout", bytes),
  stderr: (bytes) => written("stderr", bytes),
};

const draining = new Map<Writable, Promise<void>>();

/** A reader who is slow, such as a pager, is waited for. One who has seen enough is not. */
function written(name: StreamName, bytes: Buffer): Promise<void> | undefined {
  const stream = process[name];
  if (!stream.writable || writeOutput(name, bytes)) return undefined;
  const drained =
    draining.get(stream) ??
    new Promise<void>((resolve) => {
      const settle = (): void => {
        for (const event of events) stream.removeListener(event, settle);
        draining.delete(stream);
        resolve();
      };
      for (const event of events) stream.on(event, settle);
    });
  draining.set(stream, drained);
  return drained;
}

const events = ["drain", "close", "error"];
