import { addToGroup, removeFromGroup } from "../../operate/groups.ts";
import { StewardError } from "../../protocol/errors.ts";
import { groupName } from "../../protocol/targets.ts";
import { readGroups } from "../../state/groups.ts";
import { lookAlikes, neverSeen } from "../../state/known-nodes.ts";
import type { Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { defineCommand } from "../define-command.ts";
import type { GlobalArguments } from "../global-options.ts";
import { print, printJson, tell } from "../print.ts";
import { meantBy, targetSpecOf } from "../targets.ts";
import { tellNeverSeen } from "../waiting-options.ts";

export const groupCommand: Command = defineCommand({
  name: "group",
  group: "set up",
  impact: "writes",
  onlyReadsWhen: "with ls",
  onlyReads: ({ action }) => action === "ls",
  describe: "show groups of nodes, or change who is in them; @name in `steward send` means a group",
  positionals: [
    { name: "action", describe: "ls, add or rm", required: true, choices: ["ls", "add", "rm"] },
    { name: "group", describe: "the group's name", completes: "group" },
    {
      name: "nodes",
      describe: "nodes to add or take out, also 'ship*'; rm without any removes the group",
      variadic: true,
      completes: "nodes",
    },
  ],
  examples: [
    ["steward group add web ship1 ship2", "@web means these two from now on"],
    ["steward group add oslo 'oslo-*'", "the nodes of that name that are known now"],
    ["steward group rm web ship2", "take one out"],
    ["steward group ls", "all groups"],
  ],
  run: async (args) => {
    const { action, group } = args;
    if (action === "ls") return list(group === undefined ? undefined : nameOf(group), args);
    if (group === undefined)
      throw new StewardError("usage", `name the group, such as \`steward group ${action} web ship1\``);
    const [name, words] = [nameOf(group), (args.nodes ?? []).join(",")];
    if (words === "" && action === "add") throw new StewardError("usage", `name the nodes that join ${name}`);
    const spec = words === "" ? undefined : await targetSpecOf(words, {});
    await using broker = await openFromArguments(args);
    const nodes = spec === undefined ? [] : (await meantBy(broker, spec)).nodes;
    const change = action === "add" ? addToGroup : removeFromGroup;
    const done = await change(broker, name, nodes);
    if (!done.changed && done.nodes.length === 0) throw noGroup(name);
    if (action === "add") {
      const unseen = await neverSeen(broker, nodes);
      tellNeverSeen(unseen, await lookAlikes(broker, unseen), `it is in @${name} now`);
    }
    if (args.json) printJson(done);
    else if (done.nodes.length === 0) print(`group @${name} was removed`);
    else print(`@${name}: ${done.nodes.join(", ")}`);
    return 0;
  },
});

async function list(group: string | undefined, args: GlobalArguments): Promise<number> {
  await using broker = await openFromArguments(args);
  const groups = [...(await readGroups(broker))].filter(([name]) => group === undefined || name === group);
  if (group !== undefined && groups.length === 0) throw noGroup(group);
  if (args.json) printJson(groups.map(([name, nodes]) => ({ group: name, nodes })));
  else if (groups.length === 0) tell("there are no groups; `steward group add NAME NODE` makes one");
  for (const [name, nodes] of args.json ? [] : groups) print(`@${name}: ${nodes.join(", ")}`);
  return 0;
}

function noGroup(name: string): StewardError {
  return new StewardError("noMatch", `group @${name} not found; \`steward group ls\` lists the groups`);
}

/** The `@` with which a group is sent to may stand before its name here too. */
function nameOf(text: string): string {
  return groupName(text.replace(/^@/, ""));
}
