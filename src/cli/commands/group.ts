import type { Client } from "../../client/client.ts";
import type { Resolved } from "../../client/draft.ts";
import type { GroupResult } from "../../client/groups.ts";
import { StewardError } from "../../protocol/errors.ts";
import { groupName } from "../../protocol/targets.ts";
import type { Command } from "../command.ts";
import { connectFromArguments } from "../connect.ts";
import { defineCommand } from "../define-command.ts";
import type { GlobalArguments } from "../global-options.ts";
import { print, printJson, printNote } from "../print.ts";
import { resolved, targetsOf } from "../targets.ts";
import { warnOfUnknownNodes } from "../waiting-options.ts";

export const groupCommand: Command = defineCommand({
  name: "group",
  group: "set up",
  impact: "writes",
  onlyReadsWhen: "with ls",
  onlyReads: ({ action }) => action === "ls",
  describe: "list or change groups of nodes; write @name to send to a group",
  positionals: [
    { name: "action", describe: "ls, add or rm", required: true, choices: ["ls", "add", "rm"] },
    { name: "group", describe: "the group's name", completes: "group" },
    {
      name: "nodes",
      describe: "nodes to add or remove, also 'ship*'; rm without nodes deletes the group",
      variadic: true,
      completes: "nodes",
    },
  ],
  examples: [
    ["steward group add web ship1 ship2", "add two nodes to @web; create it if it does not exist"],
    ["steward group add oslo 'oslo-*'", "add the known nodes with a matching name"],
    ["steward group rm web ship2", "remove one node from @web"],
    ["steward group ls", "list all groups"],
  ],
  run: async (args) => {
    const { action, group } = args;
    if (action === "ls") return list(group === undefined ? undefined : nameOf(group), args);
    if (group === undefined)
      throw new StewardError("usage", `name the group, such as \`steward group ${action} web ship1\``);
    const [name, words] = [nameOf(group), (args.nodes ?? []).join(",")];
    if (words === "" && action === "add") throw new StewardError("usage", `name the nodes to add to ${name}`);
    const targets = words === "" ? undefined : await targetsOf(words, {});
    await using steward = await connectFromArguments(args);
    const nodes = targets && (await resolved(steward, targets));
    const isAdded = action === "add" && nodes !== undefined;
    const done = isAdded ? await add(steward, name, nodes) : await steward.groups.remove(name, { nodes });
    if (!done.changed && done.nodes.length === 0) throw noGroup(name);
    if (args.json) printJson(done);
    else if (done.nodes.length === 0) print(`group @${name} was removed`);
    else print(`@${name}: ${done.nodes.join(", ")}`);
    return 0;
  },
});

async function add(steward: Client, name: string, nodes: Resolved): Promise<Omit<GroupResult, "unseen">> {
  const { unseen, ...done } = await steward.groups.add(name, nodes);
  warnOfUnknownNodes(unseen, `it is in @${name} now`);
  return done;
}

async function list(group: string | undefined, args: GlobalArguments): Promise<number> {
  await using steward = await connectFromArguments(args);
  const all = Object.entries(await steward.groups.list());
  const groups = all.filter(([name]) => group === undefined || name === group);
  if (group !== undefined && groups.length === 0) throw noGroup(group);
  if (args.json) printJson(groups.map(([name, nodes]) => ({ group: name, nodes })));
  else if (groups.length === 0) printNote("no groups; create one with `steward group add NAME NODE`");
  for (const [name, nodes] of args.json ? [] : groups) print(`@${name}: ${nodes.join(", ")}`);
  return 0;
}

function noGroup(name: string): StewardError {
  return new StewardError("noMatch", `group @${name} not found; \`steward group ls\` lists the groups`);
}

/** The name of a group from an argument. The argument may begin with `@`, which marks groups in targets. */
function nameOf(text: string): string {
  return groupName(text.replace(/^@/, ""));
}
