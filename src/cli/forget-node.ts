import { forgetNode as forget, tracesOf, type Forgotten, type Traces } from "../operate/forget.ts";
import { StewardError } from "../protocol/errors.ts";
import { nodeNameFault } from "../protocol/subjects.ts";
import { unknownNode } from "../state/known-nodes.ts";
import { flagOf } from "./arguments.ts";
import type { Arguments } from "./command.ts";
import { confirm } from "./confirm.ts";
import { openFromArguments } from "./connection.ts";
import { exitCodes } from "./exit-codes.ts";
import { onInterrupt } from "./interrupt.ts";
import { print, printJson, tell } from "./print.ts";
import { senderOf } from "./send-arguments.ts";

/** `steward nodes forget`: retires a node. Resolves to the exit code. */
export async function forgetNode(node: string | undefined, args: Arguments): Promise<number> {
  if (node === undefined) throw new StewardError("usage", "name the node, such as `steward nodes forget ship1`");
  const fault = nodeNameFault(node);
  if (fault !== undefined) throw new StewardError("badName", fault);
  const misplaced = ["up", "down", "label", "watch"].find((option) => args[option] !== undefined);
  if (misplaced !== undefined) throw new StewardError("usage", `--${misplaced} does not go with forget`);
  const by = senderOf(args);
  await using broker = await openFromArguments(args);
  const traces = await tracesOf(broker, node);
  if (traces === undefined) throw await unknownNode(broker, node);
  if (!(await confirm(question(node, traces), { yes: flagOf(args, "yes") }))) {
    tell("nothing was done");
    return exitCodes.failed;
  }
  using interrupt = onInterrupt();
  try {
    const forgotten = await forget(broker, node, {
      by,
      say: (text) => tell(`steward: ${text}`),
      signal: interrupt.signal,
    });
    if (flagOf(args, "json")) printJson({ node, ...forgotten });
    else print(said(node, forgotten));
    return exitCodes.succeeded;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    tell(`interrupted; \`steward nodes forget ${node}\` does the rest`);
    return exitCodes.interrupted;
  }
}

function question(node: string, { queued, schedules, groups }: Traces): string {
  const losses = [
    ...(queued > 0 ? [`${counted(queued, "queued message")} will be cancelled`] : []),
    ...(schedules.length > 0 ? [`its ${counted(schedules.length, "schedule")} removed`] : []),
    ...(groups.length > 0 ? [`it leaves ${groups.map((group) => `@${group}`).join(", ")}`] : []),
  ];
  return `forget ${node}?${losses.length === 0 ? "" : ` ${losses.join(", ")}.`}`;
}

function said(node: string, { cancelled, schedules, groups, queuedMeanwhile }: Forgotten): string {
  const parts = [
    `${node} is forgotten`,
    ...(cancelled > 0 ? [`${counted(cancelled, "message")} cancelled`] : []),
    ...(schedules.length > 0 ? [`${counted(schedules.length, "schedule")} removed`] : []),
    ...(groups.length > 0 ? [`taken out of ${groups.map((group) => `@${group}`).join(", ")}`] : []),
    ...(queuedMeanwhile > 0 ? [`${counted(queuedMeanwhile, "message")} sent meanwhile wait for a next ${node}`] : []),
  ];
  return parts.join("; ");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
