import type { Broker } from "../../../src/broker/connection/broker.ts";
import { readHistory } from "../../../src/state/history.ts";
import { readNodes } from "../../../src/state/nodes.ts";
import { readStatus } from "../../../src/state/status.ts";
import { program } from "./daemon.ts";
import { durationOf } from "./process-figures.ts";

/** A log, reached over an open connection or by its broker's address. */
export interface Log {
  readonly url: string;
  readonly broker: Broker;
  /** A message of the log, and its node. */
  readonly example: () => { readonly id: string; readonly node: string };
}

/** A question to a log: how long the answer takes, in milliseconds. */
export interface Question {
  readonly name: string;
  /** How long the answer may take, as a ratio to the same question to an almost empty log. */
  readonly ratioBound?: number;
  /** How long the answer may take, in milliseconds. */
  readonly bound?: number;
  readonly ask: (log: Log) => Promise<number>;
}

const page = 20;

export const questions: readonly Question[] = [
  { name: "status of a message, whole process", ratioBound: 2, ask: whole(({ id }) => ["status", id]) },
  {
    name: "status of a message, on an open connection",
    ask: timed(async ({ broker, example }) => void (await readStatus(broker, example().id))),
  },
  { name: "first page of the log, whole process", bound: 300, ask: whole(() => ["log", "--limit", String(page)]) },
  {
    name: "first page of one node's log, whole process",
    bound: 300,
    ask: whole(({ node }) => ["log", "--node", node, "--limit", String(page)]),
  },
  {
    name: "first page of the log, on an open connection",
    ask: timed(async ({ broker }) => {
      let seen = 0;
      for await (const { ack } of readHistory(broker, { last: page })) if (ack.id !== "") seen += 1;
      if (seen === 0) throw new Error("the log is empty");
    }),
  },
  { name: "nodes, whole process", ask: whole(() => ["nodes"]) },
  { name: "nodes, on an open connection", ask: timed(async ({ broker }) => void (await readNodes(broker))) },
];

function whole(args: (example: ReturnType<Log["example"]>) => readonly string[]): Question["ask"] {
  return async ({ url, example }) => durationOf([program, ...args(example()), "--server", url]);
}

function timed(ask: (log: Log) => Promise<void>): Question["ask"] {
  return async (log) => {
    const start = performance.now();
    await ask(log);
    return performance.now() - start;
  };
}
