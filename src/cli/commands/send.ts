import type { Broker } from "../../broker/connection/broker.ts";
import { operatorOptions } from "../../config/options.ts";
import { newId } from "../../protocol/ids.ts";
import type { Message } from "../../protocol/message.ts";
import { toMessages } from "../../send/outgoing.ts";
import { flagOf, textOf } from "../arguments.ts";
import type { Arguments, Command } from "../command.ts";
import { openFromArguments } from "../connection.ts";
import { exitCodes } from "../exit-codes.ts";
import { forwardLines } from "../forward-lines.ts";
import { sendAndShow, waitingOptions } from "../send-and-show.ts";
import { defaultSender, fileDrafts, sendingOf, waitingOf, wantsSchedule } from "../send-arguments.ts";
import { mayReach, meantBy, showTargets, targetOptions } from "../targets.ts";
import { refuseUnreadInput } from "../unread-input.ts";

export const sendCommand: Command = {
  name: "send",
  group: "send and wait",
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
  options: {
    event: { type: "boolean", describe: "send an event; log and error are events anyway" },
    timeout: { type: "string", value: "duration", describe: "how long one run may last, such as 5m" },
    retries: { type: "number", describe: "how many further runs a failure may have" },
    "retry-wait": {
      type: "string",
      value: "duration",
      describe: "wait before the first of them; it doubles with each",
    },
    expires: { type: "string", value: "duration", describe: "do not start it later than this after it was stored" },
    "at-most-once": { type: "boolean", describe: "never run it again after a crash in the middle of a run" },
    reply: { type: "string", value: "node.subject", describe: "send the result as an event too: node.subject" },
    ...targetOptions,
    ...waitingOptions,
    file: {
      type: "string",
      completes: "file",
      describe: "send the messages of a JSON or YAML file, - for standard input",
    },
    lines: {
      type: "string",
      completes: "file",
      describe: "send the lines of a file as log events in blocks, - for standard input",
    },
    at: { type: "string", value: "time", describe: "send it at this time, such as 2026-12-24T18:00:00Z" },
    every: { type: "string", value: "duration", describe: "send it again and again after this time, such as 1h" },
    cron: { type: "string", value: "line", describe: "send it at the times of a cron line, such as '30 4 * * 1-5'" },
    tz: { type: "string", value: "zone", describe: "the time zone of the cron line; default UTC" },
    id: { type: "string", value: "id", describe: "the message's id; one sent before is not run twice" },
    from: operatorOptions.from,
    "known-only": { type: "boolean", describe: "refuse node names that were never seen" },
  },
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
  reads: (args) => flagOf(args, "dry-run"),
  run: runSend,
};

async function runSend(given: Arguments): Promise<number> {
  const args = { ...given, file: inputOf(given, "file"), lines: inputOf(given, "lines") };
  if (wantsSchedule(args)) return (await import("../schedule-message.ts")).scheduleMessage(args);
  const [file, lines] = [textOf(args, "file"), textOf(args, "lines")];
  if (lines !== undefined && file === undefined) return forwardLines(lines, args);
  if (file !== undefined) return sendFile(file, args);
  const waiting = waitingOf(args);
  const { targets, template } = await sendingOf(args);
  await using broker = await openFromArguments(args);
  const meant = await meantBy(broker, targets);
  if (flagOf(args, "dry-run")) return showTargets(targets, meant, args);
  if (!(await mayReach(meant.nodes, args, targets))) return exitCodes.failed;
  const messages = addressed({ ...template, nodes: meant.nodes });
  return await sendAndShow(broker, messages, args, { waiting, known: template.id !== undefined, seen: meant.seen });
}

/** The name of a file to read: that of standard input is `-`, however it is told. */
function inputOf(args: Arguments, option: string): string | undefined {
  return textOf(args, option)?.replace(/^\/(?:dev\/stdin|dev\/fd\/0|proc\/self\/fd\/0)$/, "-");
}

async function sendFile(file: string, args: Arguments): Promise<number> {
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
