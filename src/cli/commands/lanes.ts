import type { DaemonVerb, LaneVerb } from "../../client/lanes.ts";
import { operatorOptions } from "../../config/options.ts";
import { StewardError } from "../../protocol/errors.ts";
import { nodeOf } from "../arguments.ts";
import type { Command } from "../command.ts";
import { connectFromArguments } from "../connect.ts";
import { defineCommand } from "../define-command.ts";
import type { GlobalArguments } from "../global-options.ts";
import { print, printJson, printNote } from "../print.ts";
import { laneState, lanesTable } from "../render/lanes.ts";

/** For each action: the text that is printed after the action, and if the action is for a lane. */
const actions = {
  pause: { takesLane: "always", done: "is paused" },
  resume: { takesLane: "maybe", done: "is resumed" },
  restart: { takesLane: "always", done: "is restarted" },
  drain: { takesLane: "never", done: "starts no further message" },
  stop: { takesLane: "never", done: "stops" },
} as const;

type Action = keyof typeof actions;
const actionNames = Object.keys(actions) as Action[];

export const lanesCommand: Command = defineCommand({
  name: "lanes",
  group: "act",
  impact: "writes",
  onlyReadsWhen: "without an action",
  onlyReads: ({ action }) => action === undefined,
  describe: "show the lanes of a node; pause, resume or restart one",
  positionals: [
    { name: "node", describe: "the node", required: true, completes: "node" },
    {
      name: "action",
      describe: "pause, resume or restart a lane; drain, resume or stop the node",
      choices: actionNames,
    },
    { name: "lane", describe: "the lane, such as command.exec", completes: "lane" },
  ],
  options: {
    reason: { type: "string", value: "text", describe: "why the lane is paused; others can see it" },
    from: { ...operatorOptions.from, describe: "name of the person who asks for it; default the user's" },
  },
  examples: [
    ["steward lanes ship1", "running and waiting messages of ship1, by lane"],
    ["steward lanes ship1 pause command.exec", "start no further message of this lane until resumed"],
    ["steward lanes ship1 restart command.exec", "stop the running message, and run it again"],
    ["steward lanes ship1 drain", "start no further message on this node until resumed"],
  ],
  run: async (args) => {
    const { action, lane, reason } = args;
    const node = nodeOf(args.node);
    if (action === undefined) return show(node, args);
    assertForLane(action, lane);
    await using steward = await connectFromArguments(args);
    if (lane === undefined) await steward.control(node, action as DaemonVerb, { reason });
    else await steward.lane(node, lane, action as LaneVerb, { reason });
    if (args.json) printJson({ node, action, lane });
    else print(`${[node, lane].filter(Boolean).join(" ")} ${actions[action].done}`);
    return 0;
  },
});

/** @throws StewardError usage for a missing lane, and for a lane with an action for the whole node */
function assertForLane(action: Action, lane: string | undefined): void {
  const { takesLane } = actions[action];
  if (takesLane === "always" && lane === undefined) {
    throw new StewardError("usage", `name the lane, such as \`steward lanes ship1 ${action} command.exec\``);
  }
  if (takesLane === "never" && lane !== undefined) {
    throw new StewardError("usage", `${action} is for the whole node, so leave out ${lane}`);
  }
}

async function show(node: string, args: GlobalArguments): Promise<number> {
  await using steward = await connectFromArguments(args);
  const state = await steward.daemon(node);
  if (args.json) {
    printJson({ ...state, lanes: state.lanes.map((lane) => ({ ...lane, state: laneState(lane) })) });
    return 0;
  }
  if (state.lanes.length > 0) print(lanesTable(state.lanes));
  else printNote(`no lanes: nothing is queued or running on ${node}, and no lane is held`);
  if (state.daemon === "down") printNote(`${node} is down; this is what the broker knows`);
  if (state.daemon === "silent") printNote(`${node} does not answer; this is what the broker knows`);
  if (state.draining) printNote(`${node} starts no further message until \`steward lanes ${node} resume\``);
  return 0;
}
