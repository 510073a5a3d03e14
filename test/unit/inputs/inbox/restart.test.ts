import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { namesOf, notes, openInbox, rejectedText, soon, temporaryFolder, untilNothingIsTaken } from "../support.ts";

let program = "";

test("killed between storing and deleting: sent again with the same ids, rejected once", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const first = startProcess(folder, 60_000);
  await writeFile(path, `${notes("a")}[oops]\n${notes("b", "c")}`);
  await expect.poll(() => sentLines(folder), soon).toHaveLength(3);
  await expect.poll(() => rejectedText(folder), soon).toMatch(/oops/);
  await kill(first);
  const sent = await sentLines(folder);
  const rejected = await rejectedText(folder);
  expect(await readdir(join(folder, "inmsg.taking"))).toHaveLength(1);

  await writeFile(path, notes("pasted meanwhile"));
  const { stored } = await openInbox(path);
  await expect.poll(() => stored.length, soon).toBe(4);
  await untilNothingIsTaken(folder);
  expect(stored.slice(0, 3).map(({ id, name }) => `${id} ${name}`)).toEqual(sent);
  expect(stored[3]!.name).toBe("pasted meanwhile");
  expect(await rejectedText(folder)).toBe(rejected);
});

test("killed at any moment, again and again: nothing lost, one id for each message, order kept, rejected once", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const expected: string[] = [];
  for (let life = 0; life < 8; life += 1) {
    const inbox = startProcess(folder, 30);
    for (let turn = 0; turn < 12; turn += 1) {
      const name = `${life}.${turn}`;
      expected.push(name);
      await appendFile(path, `${notes(name)}[broken ${name}]\n`);
      await setTimeout(Math.random() * 40); // The kill is to come at any moment.
    }
    await kill(inbox);
  }
  startProcess(folder, 30);
  await expect.poll(async () => new Set(namesOf(await sentNotes(folder))).size, soon).toBe(expected.length);
  await untilNothingIsTaken(folder);

  const sent = await sentNotes(folder);
  const distinct = new Map(sent.map(({ id, name }) => [id, name]));
  expect([...distinct.values()]).toEqual(expected);
  const rejected = [...(await rejectedText(folder)).matchAll(/^\[broken (.*)\]$/gm)].map(([, name]) => name);
  expect(rejected).toEqual(expected);
}, 30_000);

test("stopped while the broker is away: pastes are kept in order, and sent by the next daemon under the same ids", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const tried: string[] = [];
  const { inbox } = await openInbox(path, {
    send: async (messages, signal) => {
      tried.push(...messages.map(({ id }) => id));
      await once(signal, "abort");
      throw signal.reason;
    },
  });
  for (const [index, name] of ["a", "b"].entries()) {
    // Not appended: what stood there would be lost if it had not been taken.
    await writeFile(path, notes(name));
    await expect.poll(() => readdir(join(folder, "inmsg.taking")), soon).toHaveLength(index + 1);
  }
  await inbox.stop();
  await inbox.stop();
  const kept = await readdir(join(folder, "inmsg.taking"));
  expect(kept.toSorted().map((paste) => `${paste}-0`)).toEqual([tried[0], expect.any(String)]);
  expect(tried).toHaveLength(1);

  const { stored } = await openInbox(path);
  await expect.poll(() => namesOf(stored), soon).toEqual(["a", "b"]);
  expect(stored.map(({ id }) => id)).toEqual(kept.toSorted().map((paste) => `${paste}-0`));
  await untilNothingIsTaken(folder);
});

test("pastes come after those of an earlier daemon whose clock was ahead", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "inmsg.txt");
  const ahead = "7ZZZZZZZZZ0000000000000000".replace("7ZZZ", "03ZZ");
  const { inbox } = await openInbox(path);
  await inbox.stop();
  await writeFile(join(folder, "inmsg.taking", ahead), notes("former"));
  await writeFile(path, notes("new"));
  const { stored } = await openInbox(path, { settleMs: 1000 });
  await expect.poll(() => namesOf(stored), soon).toEqual(["former", "new"]);
  expect(stored[1]!.id > stored[0]!.id).toBe(true);
});

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "steward-inbox-process-"));
  program = join(folder, "inbox-process.cjs");
  const entry = fileURLToPath(new URL("process.ts", import.meta.url));
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
  });
  return () => rm(folder, { recursive: true });
});

function startProcess(folder: string, settleMs: number): ChildProcess {
  const args = [program, join(folder, "inmsg.txt"), join(folder, "sent.log"), String(settleMs)];
  const child = spawn(process.execPath, args, { stdio: "ignore" });
  onTestFinished(() => kill(child));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function sentLines(folder: string): Promise<readonly string[]> {
  return (await readFile(join(folder, "sent.log"), "utf8").catch(() => "")).split("\n").slice(0, -1);
}

async function sentNotes(folder: string): Promise<readonly { readonly id: string; readonly name: string }[]> {
  return (await sentLines(folder)).map((line) => {
    const [id = "", name = ""] = line.split(" ");
    return { id, name };
  });
}
