import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pino } from "pino";
import { expect, onTestFinished } from "vitest";
import { type Inbox, type InboxOptions, startInbox } from "../../../src/inputs/inbox.ts";
import { type Note, parseNote } from "./note.ts";

export interface TestInbox {
  readonly inbox: Inbox;
  /** What the fake broker has stored, in order. */
  readonly stored: (Note & { readonly id: string })[];
  /** The lines of the log. */
  readonly log: string[];
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "steward-inbox-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** An inbox that stores what it sends in a list; it has stopped when the test ends. */
export async function openInbox(
  path: string,
  options: Partial<Pick<InboxOptions<Note>, "send" | "settleMs" | "yamlMs" | "cutMs">> = {},
): Promise<TestInbox> {
  const stored: TestInbox["stored"] = [];
  const log: string[] = [];
  const inbox = startInbox<Note>({
    path,
    parse: parseNote,
    send: async (messages) => void stored.push(...messages),
    log: pino({}, { write: (line: string) => void log.push((JSON.parse(line) as { msg: string }).msg) }),
    settleMs: 100,
    yamlMs: 200,
    cutMs: 500,
    ...options,
  });
  onTestFinished(() => inbox.stop());
  await inbox.ready;
  return { inbox, stored, log };
}

/** A list of notes as JSON. */
export function notes(...names: readonly string[]): string {
  return `${JSON.stringify(names.map((name) => ({ name })))}\n`;
}

export function namesOf(stored: readonly Note[]): readonly string[] {
  return stored.map(({ name }) => name);
}

export async function rejectedText(folder: string): Promise<string> {
  return await readFile(join(folder, "inmsg.rejected.txt"), "utf8").catch(() => "");
}

/** Waits until everything that was taken has been dealt with and deleted. */
export async function untilNothingIsTaken(folder: string): Promise<void> {
  await expect.poll(() => readdir(join(folder, "inmsg.taking")), soon).toEqual([]);
}

/** Lets an inbox that does wrong do it: long enough for it to have looked again, with and without an event. */
export async function rounds(): Promise<void> {
  await setTimeout(1200);
}

/** How patiently a test waits for what must come. */
export const soon = { timeout: 4000, interval: 10 };
