import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findServer } from "../../src/broker/server/find.ts";
import type { Ack } from "../../src/protocol/ack.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { freePort } from "../support/nats-server.ts";
import { program } from "../support/steward.ts";
import { until } from "../support/until.ts";

const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");

describe("the tour", () => {
  let home: string;
  let shell: Shell;
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "steward-readme-"));
    shell = await startShell(home);
  });
  afterAll(async () => {
    await shell.end();
    rmSync(home, { recursive: true });
  });

  test.for(examples())("$command", async ({ command, typed, expected }, context) => {
    context.skip(command.startsWith("nats ") && isMissing("nats"), "the nats CLI is not here");
    // What only reads is looked at again, as a person would.
    const tries = /^(steward (nodes|status)|nats|cat) /.test(`${command} `) ? 20 : 1;
    let printed = await shell.run(typed);
    for (let count = 1; count < tries && !expected.test(printed); count++) printed = await shell.run(typed);
    expect(printed).toMatch(expected);
  });
});

describe("messages from files", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(["central", "ship1", "ship2"]);
  });
  afterAll(() => fleet[Symbol.asyncDispose]());

  const inSection = section("Messages from files");
  const pastes = [...blocks(inSection, "json"), ...blocks(inSection, "yaml")];
  test.for([
    { paste: pastes[0]!, nodes: ["ship1"] },
    { paste: pastes[1]!, nodes: ["ship1", "ship2"] },
    { paste: pastes[2]!, nodes: ["central"] },
    { paste: pastes[3]!, nodes: ["central", "central", "ship1", "ship2"] },
  ])("a paste for $nodes", async ({ paste, nodes }) => {
    const before = (await finalAcks()).length;
    await appendFile(join(fleet.nodes["ship1"]!.dataDir, "inmsg.txt"), paste);
    await until(async () => (await finalAcks()).length === before + nodes.length);
    const acks = (await finalAcks()).slice(before);
    expect(acks.map(({ node }) => node).toSorted()).toEqual(nodes);
    expect(acks.map(({ state }) => state)).toEqual(nodes.map(() => "succeeded"));
  });

  async function finalAcks(): Promise<Ack[]> {
    const { stdout } = await fleet.steward(["log", "--json"]);
    const acks = stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Ack);
    return acks.filter(({ state }) => state !== "started");
  }
});

interface Example {
  readonly command: string;
  /** The command with what stands for the person at the terminal. */
  readonly typed: string;
  /** What it prints; `…` stands for anything. */
  readonly expected: RegExp;
}

/** The commands of the tour, each with the lines under it; a last one `^C` says that it is ended so. */
function examples(): Example[] {
  const texts = blocks(section("Five minutes by hand"), "console").flatMap((block) => block.split(/^\$ /m).slice(1));
  return texts.map((text) => {
    const [command = "", ...lines] = text.trimEnd().split("\n");
    const output = lines.filter((line) => line !== "^C").join("\n");
    const parts = output.split("…").map((part) => part.replaceAll(/[^\w\s]/g, String.raw`\$&`));
    const expected = new RegExp(`^${parts.join("[^]*")}\n?$`);
    if (lines.at(-1) === "^C") return { command, typed: `timeout --signal=INT 1 ${command}`, expected };
    // Speaks only to a terminal.
    const onTerminal = command.startsWith("nats stream view");
    return { command, typed: onTerminal ? `script -qc '${command}' /dev/null | tr -d '\\r'` : command, expected };
  });
}

function section(heading: string): string {
  return readme.split(/^## /m).find((text) => text.startsWith(heading)) ?? "";
}

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, "gm"))].map(([, block = ""]) => block);
}

interface Shell {
  /** What a command line prints, on both streams. */
  run(command: string): Promise<string>;
  /** Ends it and what it runs in the background. */
  end(): Promise<void>;
}

/** Reads command lines from descriptor 3, and ends the output of each with a zero byte. */
const loop = `exec 2>&1
while IFS= read -r -d '' command <&3; do
  (exit "\${code:-0}")
  eval "$command" </dev/null
  code=$?
  printf '\\0'
done`;

/** One shell for all commands, of a user whose home is `home` and who has installed steward. */
async function startShell(home: string): Promise<Shell> {
  const port = await freePort();
  const { path } = await findServer();
  writeFileSync(join(home, "steward"), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
  const shell = spawn("bash", ["-c", loop], {
    cwd: home,
    detached: true,
    env: {
      HOME: home,
      PATH: `${home}${delimiter}${process.env["PATH"]}`,
      // Where the broker of the tour is, which has the usual port in the text.
      STEWARD_PORT: String(port),
      NATS_URL: `nats://127.0.0.1:${port}`,
      STEWARD_NATS_SERVER: path,
    },
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const ended = once(shell, "exit");
  let output = "";
  shell.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  const commands = shell.stdio[3] as Writable;
  return {
    run: async (command) => {
      commands.write(`${command}\0`);
      await until(() => output.endsWith("\0"), 15_000, command);
      const printed = output.slice(0, -1);
      output = "";
      return printed;
    },
    end: async () => {
      commands.end("kill $(jobs -p); wait\0");
      const alarm = setTimeout(() => process.kill(-(shell.pid ?? 0), "SIGKILL"), 10_000);
      await ended;
      clearTimeout(alarm);
    },
  };
}

function isMissing(name: string): boolean {
  return spawnSync(name, ["--version"]).error !== undefined;
}
