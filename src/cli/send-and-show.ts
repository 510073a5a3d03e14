import type { Broker } from "../broker/connection/broker.ts";
import type { ValuesOf } from "../config/options.ts";
import type { FollowedOutput } from "../follow/followed-output.ts";
import type { Message } from "../protocol/message.ts";
import type { Address } from "../protocol/subjects.ts";
import { type Outcome, summarise } from "../send/outcome.ts";
import { send, type SendOptions } from "../send/send.ts";
import { exitCodes } from "./exit-codes.ts";
import type { GlobalArguments } from "./global-options.ts";
import { onInterrupt } from "./interrupt.ts";
import { print, printJson, tell, writeOutput } from "./print.ts";
import { progressOn } from "./progress.ts";
import { exitCodeFor, messageJson, messagesText, type Reading } from "./render/outcomes.ts";
import { gaps } from "./render/output.ts";
import { stdout } from "./stdio.ts";
import type { waitingOf, waitingOptions } from "./waiting-options.ts";

type ShowArguments = ValuesOf<typeof waitingOptions> & Pick<GlobalArguments, "json">;

export interface ShowOptions extends Pick<SendOptions, "known" | "seen"> {
  /** As `waitingOf` reads it, before anything is connected. */
  readonly waiting: ReturnType<typeof waitingOf>;
  /** Several messages: `--json` gives a list. */
  readonly isList?: boolean;
}

/** Sends messages, waits as the arguments say, and prints what became of them. Resolves to the exit code. */
export async function sendAndShow(
  broker: Broker,
  messages: readonly Message[],
  args: ShowArguments,
  { waiting, known = false, seen, isList = false }: ShowOptions,
): Promise<number> {
  using interrupt = onInterrupt();
  const { signal } = interrupt;
  const options = { ...waiting, known, seen, signal, onWaiting: progressOn(args) };
  const outcomes = await followed(broker, messages, args, (live) => send(broker, messages, { ...options, live }));
  if (args["no-wait"]) {
    showStored(outcomes, args, isList);
    return exitCodes.succeeded;
  }
  if (known) tellOfOthers(messages, outcomes);
  return await showOutcomes(outcomes, args, { isList, interrupted: signal.aborted });
}

/** An id means one message for ever: other data under it is not run, which must not go unnoticed. */
function tellOfOthers(messages: readonly Message[], outcomes: readonly Outcome[]): void {
  const others = outcomes.flatMap(({ ack }, at) => {
    const [before, now] = [ack?.message?.data, messages[at]?.data];
    return before === undefined || JSON.stringify(before) === JSON.stringify(now) ? [] : [messages[at]?.id ?? ""];
  });
  for (const id of new Set(others)) {
    tell(`steward: ${id} was sent before with other data, and the outcome is of that; take another --id for this`);
  }
}

/** Sends messages or waits for them, by `action`; with `--follow` it shows meanwhile what they print. */
export async function followed<T>(
  broker: Broker,
  messages: readonly Address[],
  args: ShowArguments,
  action: (live: FollowedOutput | undefined) => Promise<T>,
): Promise<T> {
  if (!args.follow) return action(undefined);
  const { follow } = await import("./follow.ts");
  using following = follow(broker, messages, { json: args.json === true });
  return await action(following.live);
}

/** Prints what became of messages. Returns the exit code. */
export async function showOutcomes(
  outcomes: readonly Outcome[],
  args: ShowArguments,
  { isList = false, interrupted = false }: { readonly isList?: boolean; readonly interrupted?: boolean },
): Promise<number> {
  const isFollowed = args.follow === true;
  if (args.json) showJson(outcomes, isList, isFollowed ? { kind: "result" } : {});
  else {
    const quiet = args.quiet === true;
    const reading: Reading = { interrupted, quiet, onTerminal: stdout.isTerminal, isFollowed };
    const text = messagesText(byId(outcomes), reading);
    await writeOutput("stdout", text.stdout);
    await writeOutput("stderr", text.stderr);
    if (!quiet && !isFollowed && outcomes.some(({ ack }) => gaps(ack).length > 0)) stdout.isPartial = true;
  }
  return interrupted ? exitCodes.interrupted : exitCodeFor(summarise(outcomes));
}

function showStored(outcomes: readonly Outcome[], args: ShowArguments, isList: boolean): void {
  if (args.json) return showJson(outcomes, isList);
  print([...byId(outcomes).keys()]);
}

function showJson(outcomes: readonly Outcome[], isList: boolean, kind: object = {}): void {
  const list = [...byId(outcomes)].map(([id, set]) => messageJson(id, set));
  const document = isList ? { messages: list, summary: summarise(outcomes) } : list[0];
  printJson({ ...kind, ...document });
}

function byId(outcomes: readonly Outcome[]): Map<string, Outcome[]> {
  const messages = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const { id } = outcome.address;
    if (!messages.get(id)?.push(outcome)) messages.set(id, [outcome]);
  }
  return messages;
}
