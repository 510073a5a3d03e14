import type { Broker } from "../../broker/connection/broker.ts";
import { newId } from "../../protocol/ids.ts";
import type { Message } from "../../protocol/message.ts";
import { defaultSender, toMessages } from "../../send/outgoing.ts";
import type { Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { defineCommand } from "../define-command.ts";
import { exitCodes } from "../exit-codes.ts";
import { forwardLines } from "../forward-lines.ts";
import { fileDrafts, sendingOf, sendOptions, wantsSchedule, type SendArguments } from "../send-arguments.ts";
import { sendAndShow } from "../send-and-show.ts";
import { mayReach, meantBy, showTargets } from "../targets.ts";
import { waitingOf } from "../waiting-options.ts";
import { refuseUnreadInput } from "../unread-input.ts";

export const sendCommand: Command = defineCommand({
  name: "send",
  group: "send and wait",
  impact: "writes",
  onlyReadsWhen: "with --dry-run",
  onlyReads: (args) => args["dry-run"] === true,
  describe: "send a command or an event to nodes, and wait for what becomes of it",
  positionals: [
    {
      name: "nodes",
      describe: "a name, several with commas between, 'ship*', @group, all, or @- for standard input",
      completes: "nodes",
    },
    { name: "subject", describe: "what to do: exec, shell, ping, log, …", completes: "subject" },
    { name: "data", describe: "its data; after -- it is taken as it stands", variadic: true },
  ],
  options: sendOptions,
  examples: [
    ["steward send ship1 exec -- uname -a", "run a program on ship1 and print its output"],
    ["steward send ship1,ship2 shell 'df -h | tail -1'", "run a script line on two nodes"],
    ["steward send ship1,ship2 shell --follow 'apt-get -y upgrade'", "show their output while they run"],
    ["steward send 'ship*' exec --exclude ship9 -- uptime", "on all whose names begin with ship, but for one"],
    ["steward send all exec --label site=oslo --limit 10% --at-most-once -- reboot", "on a tenth of the nodes in Oslo"],
    ["steward send all exec --only 01KAP7Q4T0:failed -- uptime", "where that message failed"],
    ["steward send ship1 exec --cron '30 4 * * 1-5' -- backup", "on a schedule, see `steward schedule ls`"],
    ["steward send central log --lines /var/log/syslog", "forward a log file"],
    ["steward send --file messages.json", "send a list of messages"],
  ],
  run: async (given) => {
    const args = { ...given, file: inputOf(given.file), lines: inputOf(given.lines) };
    if (wantsSchedule(args)) return (await import("../schedule-message.ts")).scheduleMessage(args);
    const { file, lines } = args;
    if (lines !== undefined && file === undefined) return forwardLines(lines, args);
    if (file !== undefined) return sendFile(file, args);
    const waiting = waitingOf(args);
    const { targets, template } = await sendingOf(args);
    await using broker = await openFromArguments(args);
    const meant = await meantBy(broker, targets);
    if (args["dry-run"]) return showTargets(targets, meant, args);
    if (!(await mayReach(meant.nodes, args, targets))) return exitCodes.failed;
    const messages = addressed({ ...template, nodes: meant.nodes });
    return await sendAndShow(broker, messages, args, { waiting, known: template.id !== undefined, seen: meant.seen });
  },
});

/** The name of a file to read: that of standard input is `-`, however it is told. */
function inputOf(file: string | undefined): string | undefined {
  return file?.replace(/^\/(?:dev\/stdin|dev\/fd\/0|proc\/self\/fd\/0)$/, "-");
}

async function sendFile(file: string, args: SendArguments): Promise<number> {
  const waiting = waitingOf(args);
  const drafts = await fileDrafts(file, args);
  const messages = drafts.flatMap(addressed);
  await using broker: Broker = await openFromArguments(args);
  if (file !== "-") refuseUnreadInput();
  return await sendAndShow(broker, messages, args, {
    waiting,
    known: drafts.some(({ id }) => id !== undefined),
    isList: true,
  });
}

function addressed(draft: Parameters<typeof toMessages>[0]): Message[] {
  return toMessages(draft, { from: defaultSender(), id: newId() });
}
