import type { Forgotten, Traces } from "../operate/forget.ts";
import { StewardError } from "../protocol/errors.ts";
import { nodeOf } from "./arguments.ts";
import { confirm } from "./confirm.ts";
import { connectFromArguments } from "./connect.ts";
import { exitCodes } from "./exit-codes.ts";
import type { GlobalArguments } from "./global-options.ts";
import { onInterrupt } from "./interrupt.ts";
import { print, printJson, printNote } from "./print.ts";

type ForgetArguments = GlobalArguments & { readonly yes?: boolean | undefined; readonly from?: string | undefined };

/** Runs `steward nodes forget`, which retires a node. Resolves to the exit code. */
export async function confirmAndForget(name: string | undefined, args: ForgetArguments): Promise<number> {
  if (name === undefined) throw new StewardError("usage", "name the node, such as `steward nodes forget ship1`");
  const node = nodeOf(name);
  await using steward = await connectFromArguments(args);
  if (!(await confirm(question(node, await steward.traces(node)), { yes: args.yes === true }))) {
    printNote("nothing was changed");
    return exitCodes.failed;
  }
  using interrupt = onInterrupt();
  try {
    const onDelay = (reason: string): void => printNote(`steward: ${reason}`);
    const forgotten = await steward.retire(node, { onDelay, enough: interrupt.signal });
    if (args.json) printJson({ node, ...forgotten });
    else print(said(node, forgotten));
    return exitCodes.succeeded;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    printNote(`interrupted; repeat \`steward nodes forget ${node}\` to complete it`);
    return exitCodes.interrupted;
  }
}

function question(node: string, { queued, schedules, groups }: Traces): string {
  const losses = [
    ...(queued > 0 ? [`${counted(queued, "queued message")} will be cancelled`] : []),
    ...(schedules.length > 0 ? [`its ${counted(schedules.length, "schedule")} removed`] : []),
    ...(groups.length > 0 ? [`it is removed from ${groups.map((group) => `@${group}`).join(", ")}`] : []),
  ];
  return `forget ${node}?${losses.length === 0 ? "" : ` ${losses.join(", ")}.`}`;
}

function said(node: string, { cancelled, schedules, groups, queuedMeanwhile }: Forgotten): string {
  const parts = [
    `${node} is retired`,
    ...(cancelled > 0 ? [`${counted(cancelled, "message")} cancelled`] : []),
    ...(schedules.length > 0 ? [`${counted(schedules.length, "schedule")} removed`] : []),
    ...(groups.length > 0 ? [`removed from ${groups.map((group) => `@${group}`).join(", ")}`] : []),
    ...(queuedMeanwhile > 0
      ? [`${counted(queuedMeanwhile, "message")} sent in the meantime wait for a new ${node}`]
      : []),
  ];
  return parts.join("; ");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
