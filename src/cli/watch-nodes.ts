import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "../client/client.ts";
import type { Node } from "../client/nodes.ts";
import { messageOf } from "../protocol/errors.ts";
import { explained } from "./explain.ts";
import { drawLines, jsonLine, print, printNote } from "./print.ts";
import { nodeJson, nodeLine, nodesTable } from "./render/nodes.ts";
import { clipped } from "./render/screen.ts";

/**
 * If nothing changes after the shortest wait, the next read begins `calmMs` milliseconds later, or `calmFactor` times
 * the duration of a read if that is longer, as in a large fleet.
 */
const [calmMs, calmFactor] = [2000, 5];
/**
 * The shortest wait between two reads is `busyMs` milliseconds, or `busyFactor` times the duration of a read if that is
 * longer. So at most a fifth of the time is spent on reads.
 */
const [busyMs, busyFactor] = [200, 4];

/** Shows the nodes to the user. `trouble` shows an error if the broker does not answer. */
export interface Screen {
  readonly show: (nodes: readonly Node[]) => void;
  readonly trouble: (text: string) => void;
}

/** Reads and shows the nodes until `signal` aborts. The nodes are read after each change, and every few seconds. */
export async function watchNodes(
  steward: Client,
  read: () => Promise<readonly Node[]>,
  screen: Screen,
  signal: AbortSignal,
): Promise<void> {
  let hear: () => void = () => {};
  // A noticed change only makes the next read earlier. The nodes are read from time to time anyway, because some
  // changes are not noticed.
  void listen(steward, signal, () => hear()).catch(() => undefined);
  for (let first = true; !signal.aborted; first = false) {
    const heard = new Promise<void>((resolve) => (hear = resolve));
    const begun = performance.now();
    let took = 0;
    try {
      screen.show(await read());
      took = performance.now() - begun;
    } catch (error) {
      if (first) throw error;
      if (!signal.aborted) screen.trouble(messageOf(explained(error)));
    }
    await pause(Math.max(busyMs, busyFactor * took), signal);
    await Promise.race([heard, pause(Math.max(calmMs, calmFactor * took), signal)]);
  }
}

async function listen(steward: Client, signal: AbortSignal, heard: () => void): Promise<void> {
  const changes = steward.nodeChanges({ signal })[Symbol.asyncIterator]();
  while ((await changes.next()).done !== true) heard();
}

/** The screen for a terminal: a table that is drawn over the previous table. */
export function drawnScreen(out: NodeJS.WriteStream): Screen {
  let drawn = 0;
  let last: readonly string[] = [];
  const draw = (text: readonly string[]): void => {
    const lines = clipped(text, out.columns, out.rows);
    drawLines(lines, drawn);
    drawn = lines.length;
  };
  return {
    show: (nodes) => draw((last = nodes.length === 0 ? ["no nodes"] : nodesTable(nodes))),
    trouble: (text) => draw([`${text}; this is the last known state`, ...last]),
  };
}

/** The screen for a file or a pipe: first a line for each node, later a line for each change. */
export function lineScreen(json: boolean): Screen {
  let known = new Map<string, string>();
  let shown = "";
  return {
    show: (nodes) => {
      shown = "";
      const now = new Map<string, string>();
      for (const state of nodes) {
        const line = nodeLine(state);
        now.set(state.node, line);
        if (known.get(state.node) !== line) print(json ? jsonLine(nodeJson(state)) : withTime(line));
      }
      for (const node of known.keys()) {
        if (!now.has(node)) print(json ? jsonLine({ node, gone: true }) : withTime(`${node} removed`));
      }
      known = now;
    },
    trouble: (text) => {
      if (text !== shown) printNote(`steward: ${text}`);
      shown = text;
    },
  };
}

function withTime(line: string): string {
  return `${new Date().toISOString()} ${line}`;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
