import type { Client } from "../client/client.ts";
import type { Prepared } from "../client/draft.ts";
import type { Until } from "../client/options.ts";
import type { SentEvent } from "../client/events.ts";
import type { Sent } from "../client/sent.ts";
import type { ValuesOf } from "../config/options.ts";
import type { Message } from "../protocol/message.ts";
import type { Address } from "../protocol/subjects.ts";
import { outcomeOf, summarise, type Outcome } from "../send/outcome.ts";
import { exitCodes } from "./exit-codes.ts";
import type { GlobalArguments } from "./global-options.ts";
import { onInterrupt } from "./interrupt.ts";
import { print, printJson, printNote, writeOutput } from "./print.ts";
import { progressOn } from "./progress.ts";
import { exitCodeFor, messageJson, messagesText, type Reading } from "./render/outcomes.ts";
import { gaps } from "./render/output.ts";
import { stdout } from "./stdio.ts";
import { warnOfUnknownNodes, type waitingOptions } from "./waiting-options.ts";

type ShowArguments = ValuesOf<typeof waitingOptions> &
  Pick<GlobalArguments, "json"> & { readonly "known-only"?: boolean | undefined };

export interface ShowOptions {
  /** The result of `waitOf`. `waitOf` is called before a connection is made. */
  readonly wait: Until["wait"] | undefined;
  /** True for several messages. `--json` then prints a list. */
  readonly isList?: boolean;
}

/** Sends messages, waits for them, and prints their outcomes. Resolves to the exit code. */
export async function sendAndShow(
  steward: Client,
  prepared: Prepared,
  args: ShowArguments,
  { wait, isList = false }: ShowOptions,
): Promise<number> {
  const { messages, known } = prepared;
  using interrupt = onInterrupt();
  const { onStoring, onWaiting } = progressOn(messages.length, args);
  const options = { knownOnly: args["known-only"], enough: interrupt.signal, onStoring };
  if (wait === undefined) {
    warnOfUnseen(await steward.sendAll(prepared, options));
    showStored(messages, args, isList);
    return exitCodes.succeeded;
  }
  const { standings } = await followed(messages, args, (onEvent) =>
    steward.run(prepared, { ...options, wait, onStored: warnOfUnseen, onWaiting, onEvent }),
  );
  if (known) warnOfOtherData(messages, standings);
  return await showOutcomes(standings, args, { isList, interrupted: interrupt.signal.aborted });
}

function warnOfUnseen(sent: readonly Sent[]): void {
  const unseen = new Map(sent.flatMap((one) => one.unseen).map((one) => [one.node, one]));
  warnOfUnknownNodes([...unseen.values()], "it is queued");
}

/**
 * Warns if a message was sent before with the same id and other data. An id always means one message, so the other data
 * does not run. The user must see this.
 */
function warnOfOtherData(messages: readonly Message[], outcomes: readonly Outcome[]): void {
  const others = outcomes.flatMap(({ ack }, at) => {
    const [before, now] = [ack?.message?.data, messages[at]?.data];
    return before === undefined || JSON.stringify(before) === JSON.stringify(now) ? [] : [messages[at]?.id ?? ""];
  });
  for (const id of new Set(others)) {
    printNote(
      `steward: ${id} was sent before with other data, and this is the outcome of that message; use another --id`,
    );
  }
}

/**
 * Calls `action`, which sends messages or waits for them. With `--follow`, the live output of the messages is shown.
 */
export async function followed<T>(
  messages: readonly Address[],
  args: ShowArguments,
  action: (onEvent: ((event: SentEvent) => Promise<void> | void) | undefined) => Promise<T>,
): Promise<T> {
  if (!args.follow) return action(undefined);
  const { follow } = await import("./follow.ts");
  using following = follow(messages, { json: args.json === true });
  return await action(following.onEvent);
}

/** Prints the outcomes of messages. Returns the exit code. */
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

function showStored(messages: readonly Message[], args: ShowArguments, isList: boolean): void {
  const outcomes = messages.map((message) => outcomeOf(message, undefined));
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
