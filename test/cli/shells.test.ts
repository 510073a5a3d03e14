import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { program } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let home: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "steward-test-"));
  symlinkSync(program, join(home, "steward"));
  fleet = await startFleet(["ship1", "ship2"]);
  await fleet.steward(["group", "add", "web", "ship1"]);
  await fleet.steward(["send", "ship1", "ping", "--id", "first-visit"]);
  await fleet.steward(["send", "ship2", "ping", "--id", "second-visit"]);
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  rmSync(home, { recursive: true });
});

/** For each shell, typed lines and their completions. Shells with descriptions show them for ids. */
const typed: readonly (readonly [line: string, becomes: string])[] = [
  ["steward sen", "steward send "],
  ["steward send @w", "steward send @web "],
  ["steward send ship2,@", "steward send ship2,@web "],
  ["steward send ship1 she", "steward send ship1 shell"],
  ["steward log --node=ship2", "steward log --node=ship2 "],
  ["steward log --state succ", "steward log --state succeeded "],
  ["steward status fir", "steward status first-visit "],
  ["steward send --file /etc/passw", "steward send --file /etc/passwd"],
  ["steward send --file=/etc/passw", "steward send --file=/etc/passwd"],
  ["steward node x --data-dir /et", "steward node x --data-dir /etc/"],
];

describe("bash", () => {
  test.each(typed)("%s", async (line, becomes) => {
    const setUp = ["source <(steward completion bash)"];
    expect(await typing(["bash", "--norc", "--noprofile", "-i"], setUp, line, becomes)).toContain(becomes);
  });

  test("a second TAB shows ids with their states", async () => {
    const setUp = ["source <(steward completion bash)"];
    const described = "first-visit  -- ship1 command.ping succeeded";
    const shell = ["bash", "--norc", "--noprofile", "-i"];
    expect(await typing(shell, setUp, "steward status \t", described)).toContain(described);
  });

  test("words that readline splits are joined again, and only the replaced part is returned", async () => {
    const { url } = fleet.server;
    const [, host = "", port = ""] = /\/\/(.*):(\d+)/.exec(url) ?? [];
    const reply = (words: string, word: string): Promise<string> => bashReply(words, word);
    await until(async () => (await reply("steward log --node = shi", "shi")) === "ship1 ship2");
    await until(async () => (await reply("steward send @ w", "@w")) === "@web");
    await until(
      async () => (await reply(`steward -s nats : //${host} : ${port} lanes ship`, "ship")) === "ship1 ship2",
    );
  });

  /** Calls the completion function itself, with words as readline splits them; the spaces between them are not typed. */
  async function bashReply(words: string, word: string): Promise<string> {
    const list = words.split(" ");
    const glue = /^[=:@]$/;
    const line = list.reduce((text, one, at) => {
      const isGlued = glue.test(one) ? one !== "@" : glue.test(list[at - 1] ?? "");
      return isGlued ? text + one : `${text} ${one}`;
    });
    const script = `source <(steward completion bash); COMP_WORDS=(${list.map((one) => `'${one}'`).join(" ")})
      COMP_CWORD=${list.length - 1}; COMP_LINE='${line}'; COMP_POINT=${line.length}
      _steward steward '${word}' ''; echo "\${COMPREPLY[*]}"`;
    const { stdout } = await promisify(execFile)("bash", ["--norc", "-c", script], { env: environment() });
    return stdout.trim();
  }
});

describe.skipIf(isMissing("zsh"))("zsh", () => {
  const setUp = ["autoload -Uz compinit && compinit -u -D", "source <(steward completion zsh)"];

  test.each(typed)("%s", async (line, becomes) => {
    expect(await typing(["zsh", "-f", "-i"], setUp, line, becomes)).toContain(becomes);
  });

  test("ids are shown with their states", async () => {
    const described = "first-visit  -- ship1 command.ping succeeded";
    expect(await typing(["zsh", "-f", "-i"], setUp, "steward status \t", described)).toContain(described);
  });
});

describe.skipIf(isMissing("fish"))("fish", () => {
  test.each(typed)("%s", async (line, becomes) => {
    const last = becomes.trimEnd().split(" ").at(-1) ?? "";
    await until(async () => (await fishComplete(line)).some((candidate) => candidate.startsWith(last)));
  });

  test("ids are shown with their states", async () => {
    await until(
      async () => (await fishComplete("steward status fir"))[0] === "first-visit\tship1 command.ping succeeded",
    );
  });

  async function fishComplete(line: string): Promise<string[]> {
    const script = `steward completion fish | source; complete -C '${line}'`;
    const { stdout } = await promisify(execFile)("fish", ["-N", "-c", script], { env: environment() });
    return stdout.split("\n");
  }
});

/**
 * Types a line and a TAB into a shell on a terminal until it shows the completed line. On a busy machine a completion
 * may run out of time, so it tries again. Resolves to the last line.
 */
async function typing(
  shell: readonly string[],
  setUp: readonly string[],
  line: string,
  becomes: string,
): Promise<string> {
  const child = spawn("script", ["--quiet", "--flush", "--command", shell.join(" "), "/dev/null"], {
    env: environment(),
    stdio: ["pipe", "pipe", "inherit"],
  });
  let shown = "";
  child.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString()));
  // oxlint-disable-next-line no-control-regex -- What a terminal gets is full of them.
  const text = (): string => shown.replaceAll(/\u001B\[[0-9;?]*[A-Za-z]|\u0007/g, "");
  try {
    child.stdin.write(`${["PS1='> '", ...setUp, "echo is-$((40 + 2))"].join("\n")}\n`);
    await until(() => text().includes("is-42"), 10_000, `${shell[0]} is ready`);
    for (let tries = 0; ; tries++) {
      shown = "";
      child.stdin.write(`${line}\t`);
      const came = await until(() => text().includes(becomes), 1000).then(
        () => true,
        () => false,
      );
      if (came || tries === 5) return text();
      child.stdin.write("\u0015"); // Ctrl-U deletes the line.
    }
  } finally {
    child.kill("SIGKILL");
  }
}

function environment(): NodeJS.ProcessEnv {
  const { PATH = "", TMPDIR } = process.env;
  return { PATH: `${home}:${PATH}`, HOME: home, TMPDIR, TERM: "xterm", COLUMNS: "120", NATS_URL: fleet.server.url };
}

function isMissing(shell: string): boolean {
  try {
    execFileSync(shell, ["--version"], { stdio: "ignore" });
    return false;
  } catch {
    console.error(`skipped: completion in ${shell}, which is not installed here`);
    return true;
  }
}
