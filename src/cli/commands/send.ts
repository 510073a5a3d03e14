import type { Command } from "../command.ts";
import { connectFromArguments } from "../connect.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { draftOf, fileDrafts, sendOptions, wantsSchedule, type SendArguments } from "../send-arguments.ts";
import { sendAndShow } from "../send-and-show.ts";
import { mayReach, prepared, showTargets } from "../targets.ts";
import { refuseUnreadInput } from "../unread-input.ts";
import { waitOf } from "../waiting-options.ts";

export const sendCommand: Command = defineCommand({
  name: "send",
  group: "send and wait",
  impact: "writes",
  onlyReadsWhen: "with --dry-run",
  onlyReads: (args) => args["dry-run"] === true,
  describe: "send a command or an event to nodes, and wait for the outcome",
  positionals: [
    {
      name: "nodes",
      describe: "a name, several with commas, 'ship*', @group, all, or @- to read names from standard input",
      completes: "nodes",
    },
    { name: "subject", describe: "what to do: exec, shell, ping, log, …", completes: "subject" },
    { name: "data", describe: "the data of the message; put -- before data that begins with a dash", variadic: true },
  ],
  options: sendOptions,
  examples: [
    ["steward send ship1 exec -- uname -a", "run a program on ship1 and print its output"],
    ["steward send ship1,ship2 shell 'df -h | tail -1'", "run a line of shell on two nodes"],
    ["steward send ship1,ship2 shell --follow 'apt-get -y upgrade'", "show the output during the run"],
    ["steward send 'ship*' exec --exclude ship9 -- uptime", "on all nodes whose names begin with ship, except one"],
    ["steward send all exec --label site=oslo --limit 10% --at-most-once -- reboot", "on a tenth of the nodes in Oslo"],
    ["steward send all exec --only 01KAP7Q4T0:failed -- uptime", "on the nodes where that message failed"],
    ["steward send ship1 exec --cron '30 4 * * 1-5' -- backup", "on a schedule, see `steward schedule ls`"],
    ["steward send central log --lines /var/log/syslog", "forward a log file"],
    ["steward send --file messages.json", "send a list of messages"],
  ],
  run: async (given) => {
    const args = { ...given, file: inputOf(given.file), lines: inputOf(given.lines) };
    if (wantsSchedule(args)) return (await import("../schedule-message.ts")).scheduleMessage(args);
    const { file, lines } = args;
    if (lines !== undefined && file === undefined)
      return (await import("../forward-lines.ts")).forwardLines(lines, args);
    if (file !== undefined) return sendFile(file, args);
    const wait = waitOf(args);
    const draft = await draftOf(args);
    await using steward = await connectFromArguments(args);
    const sending = await prepared(steward, draft);
    if (args["dry-run"]) return showTargets(draft.nodes, sending.nodes, args);
    if (!(await mayReach(sending.nodes, args, draft.nodes))) return exitCodes.failed;
    return await sendAndShow(steward, sending, args, { wait });
  },
});

/** The name of the file to read. For standard input, the name is always `-`. */
function inputOf(file: string | undefined): string | undefined {
  return file?.replace(/^\/(?:dev\/stdin|dev\/fd\/0|proc\/self\/fd\/0)$/, "-");
}

async function sendFile(file: string, args: SendArguments): Promise<number> {
  const wait = waitOf(args);
  const drafts = await fileDrafts(file, args);
  await using steward = await connectFromArguments(args);
  if (file !== "-") refuseUnreadInput();
  return await sendAndShow(steward, await steward.prepare(drafts), args, { wait, isList: true });
}
