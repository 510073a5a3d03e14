import { operatorOptions } from "../../config/options.ts";
import { StewardError } from "../../protocol/errors.ts";
import { isId } from "../../protocol/subjects.ts";
import { nodeOf } from "../arguments.ts";
import type { Command } from "../command.ts";
import { connectFromArguments } from "../connect.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import type { GlobalArguments } from "../global-options.ts";
import { onInterrupt } from "../interrupt.ts";
import { print, printJson, printNote } from "../print.ts";
import { removalLine, scheduleJson, schedulesTable } from "../render/schedules.ts";

type ScheduleArguments = GlobalArguments & { readonly from?: string | undefined };

export const scheduleCommand: Command = defineCommand({
  name: "schedule",
  group: "act",
  impact: "writes",
  onlyReadsWhen: "with ls",
  onlyReads: ({ action }) => action === "ls",
  describe: "list the schedules, or delete one",
  positionals: [
    { name: "action", describe: "ls or rm", required: true, choices: ["ls", "rm"] },
    { name: "id", describe: "the schedule's id" },
  ],
  options: {
    node: { type: "string", completes: "node", describe: "only on this node" },
    from: { ...operatorOptions.from, describe: "name of the person who deletes it; default the user's" },
  },
  examples: [
    ["steward send ship1 exec --cron '30 4 * * 1-5' --id backup -- /opt/backup", "create a schedule"],
    ["steward schedule ls", "all schedules, with their next times"],
    ["steward schedule rm backup", "delete it on all nodes"],
  ],
  run: async (args) => {
    const [{ action, id }, node] = [args, nodeOf(args.node)];
    if (id !== undefined && !isId(id)) throw new StewardError("usage", `"${id}" is not a valid id of a schedule`);
    return action === "ls" ? list(id, node, args) : remove(id, node, args);
  },
});

async function list(id: string | undefined, node: string | undefined, args: ScheduleArguments): Promise<number> {
  await using steward = await connectFromArguments(args);
  const schedules = await steward.schedules.list({ node, id });
  const states = schedules.flatMap((one) => one.states);
  if (args.json) printJson(states.map(scheduleJson));
  else if (states.length === 0) printNote("no schedules; create one with `steward send` and --cron, --every or --at");
  else print(schedulesTable(states));
  return exitCodes.succeeded;
}

async function remove(id: string | undefined, node: string | undefined, args: ScheduleArguments): Promise<number> {
  if (id === undefined) throw new StewardError("usage", "name the schedule, such as `steward schedule rm backup`");
  await using steward = await connectFromArguments(args);
  using interrupt = onInterrupt();
  const { removals } = await steward.schedules.remove(id, { node, enough: interrupt.signal });
  const nodes = removals.map(({ address: { node: name, messageType, subject }, ...rest }) => {
    return { node: name, messageType, subject, ...rest };
  });
  if (args.json) printJson({ id, nodes });
  else print(removals.map(removalLine));
  return exitCodes.succeeded;
}
