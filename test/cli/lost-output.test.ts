import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { impactOf } from "../../src/cli/command.ts";
import { commands } from "../../src/cli/commands/index.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { fillSmallDisk, mountSmallDisk, type SmallDisk } from "../support/small-disk.ts";
import { program } from "../support/steward.ts";
import { acting, before, lasting, reading, words } from "./command-lines.ts";

let fleet: Fleet;
let folder: string;
let disk: SmallDisk | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "steward-lost-"));
  disk = await mountSmallDisk();
  if (disk !== undefined) {
    await writeFile(join(disk.path, "others"), "x");
    await fillSmallDisk(disk.path);
  }
  fleet = await startFleet(["ship1"]);
  for (const line of before) await fleet.steward(words(line));
}, 60_000);
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await disk?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test("every command is listed here", () => {
  const named = new Set([...Object.keys(reading), ...Object.keys(acting), ...lasting]);
  expect([...named].toSorted()).toEqual(Object.keys(commands).toSorted());
});

test("each command is right about whether it only reads", async () => {
  const lines = (table: typeof reading): string[] =>
    Object.values(table).flatMap((rows) => rows.map(({ line }) => line));
  const { parseCommandLine } = await import("../../src/cli/parse.ts");
  for (const [table, isReading] of [
    [reading, true],
    [acting, false],
  ] as const) {
    for (const line of lines(table)) {
      const { command, parsed } = parseCommandLine(words(line));
      const loaded = await commands[command.name]!();
      const reads = impactOf(loaded, parsed) === "reads" && loaded.endsAsMessages !== true;
      expect([line, reads]).toEqual([line, isReading]);
    }
  }
});

const cannot = "steward: the output cannot be written: ";

describe.concurrent.each([
  ["reads", reading, 1],
  ["acts", acting, 6],
] as const)("what %s", (_what, table, lost) => {
  describe.each(Object.values(table).flat())("$line", ({ line, code = 0, textCode = code, hasNoJson, first }) => {
    const modes = [["text", line, textCode] as const, ["json", line.replace(/^\S+/, "$& --json"), code] as const];
    test.each(hasNoJson === true ? modes.slice(0, 1) : modes)(
      "as %s",
      { timeout: 120_000 },
      async (_mode, typed, whole) => {
        const ended = async (places: Partial<Places> = {}): Promise<Ended> => {
          const n = String(counter++);
          if (first !== undefined) await fleet.steward(words(first.replaceAll("N", n)));
          return await run(typed.replaceAll("-N", `-${n}`), places);
        };
        const isDone = whole === 0 || whole === 6;
        const full = disk === undefined ? "/dev/full" : join(disk.path, "out");
        for (const [places, expected] of [
          [{ stderr: "/dev/full" }, whole],
          // A failure counts more than lost output, and lost output more than incomplete output.
          [{ stdout: "/dev/full" }, isDone ? lost : whole],
          [{ stdout: full, stderr: "closed pipe" }, isDone ? lost : whole],
          [{ stdout: "closed pipe", stderr: full }, isDone ? 0 : whole],
        ] as const) {
          const { code: got, stdout, stderr } = await ended(places);
          const notices = stderr.split("\n").filter((text) => text.startsWith(`${cannot}ENOSPC`)).length;
          expect({ places, code: got, isShown: stdout !== "", notices }).toEqual({
            places,
            code: expected,
            isShown: !("stdout" in places),
            notices: "stdout" in places && !("stderr" in places) ? 1 : 0,
          });
        }
      },
    );
  });
});

describe("commands without a broker, and errors", () => {
  test.each([
    ["--version", 0, 1],
    ["--help", 0, 1],
    ["send --help", 0, 1],
    ["help nodes", 0, 1],
    ["", 2, 2],
    ["frob", 2, 2],
    ["status nosuch", 5, 5],
    ["send ship1 ping --server nats://127.0.0.1:1", 4, 4],
  ])("steward %s", async (line, code, lost) => {
    expect(await run(line)).toMatchObject({ code });
    expect(await run(line, { stdout: "/dev/full" })).toMatchObject({ code: lost });
    expect(await run(line, { stdout: "closed pipe" })).toMatchObject({ code });
    expect(await run(line, { stderr: "/dev/full" })).toMatchObject({ code });
    expect(await run(line, { stderr: "closed pipe" })).toMatchObject({ code });
  });
});

test("a file with little space gets a part, and the rest is reported as lost", async () => {
  const file = join(folder, "limited");
  const script = `trap '' XFSZ; ulimit -f 4; ${theProgram}`;
  const { code, stderr } = await run("config schema ack", { stdout: file, script });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`${cannot}EFBIG`) as unknown });
  expect((await readFile(file)).length).toBe(4096);
});

test("a slow reader gets everything, however much it is", async () => {
  const [lines, names] = [30_000, join(folder, "names")];
  await writeFile(names, Array.from({ length: lines }, (_, n) => `node${n}`).join(" "));
  const script = `${theProgram} < ${names} | (sleep 1; cat)`;
  const { code, stdout } = await run("send @- ping --dry-run", { script });
  expect({ code, lines: stdout.split("\n").length - 1 }).toEqual({ code: 0, lines });
});

describe("a command without an end notices that its reader has left", () => {
  test.each([
    ["nodes --watch"],
    ["nodes --watch --json"],
    ["log --follow"],
    ["log --follow --json"],
    ["errors --follow"],
  ])("0: steward %s | head -1", async (line) => {
    // Each prints a line at once, and then nothing.
    const { code, stdout, ms } = await run(line, { script: `${theProgram} | head -1` });
    expect({ code, lines: stdout.split("\n").length - 1 }).toEqual({ code: 0, lines: 1 });
    expect(ms).toBeLessThan(8000);
  });

  test("0: steward watch, of which no line was read", async () => {
    const { code, ms } = await run("watch", { script: `${theProgram} | sleep 1` });
    expect(code).toBe(0);
    expect(ms).toBeLessThan(8000);
  });

  test.each([
    ["/dev/full", 1],
    ["closed pipe", 0],
  ])("and %s, which cannot be written to", async (stdout, code) => {
    for (const line of ["nodes --watch", "log --follow", "errors --follow"]) {
      expect({ line, code: (await run(line, { stdout })).code }).toEqual({ line, code });
    }
  });

  test("a closed socket, as of a parent program", async () => {
    const watching = spawn(process.execPath, [program, "watch"], {
      env: { ...process.env, NATS_URL: fleet.server.url },
      stdio: ["ignore", "pipe", "pipe"],
    });
    await once(watching.stderr, "data");
    watching.stdout.destroy();
    const [code] = (await once(watching, "exit")) as [number | null];
    expect(code).toBe(0);
  });
});

interface Places {
  /** A path, or `closed pipe`, whose reader has left; by default a file that is read afterwards. */
  readonly stdout?: string;
  readonly stderr?: string;
  /** The shell script to run instead of the plain program, which is `theProgram` in it. */
  readonly script?: string;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

const theProgram = `"$NODE" "$PROGRAM" "$@"`;
let counter = 0;

/** Runs a line, which must end within 20 s. */
async function run(line: string, { stdout, stderr, script = theProgram }: Places = {}): Promise<Ended> {
  const begun = performance.now();
  const at = join(folder, `run${counter++}`);
  const [pipe, out, err, code] = ["pipe", "out", "err", "code"].map((name) => `${at}.${name}`) as [
    string,
    string,
    string,
    string,
  ];
  const place = (path: string | undefined, file: string): string =>
    path === "closed pipe" ? "&9" : ` ${path ?? file}`;
  const child = spawn(
    "timeout",
    [
      "20",
      "bash",
      "-c",
      `mkfifo ${pipe}; exec 8<> ${pipe} 9> ${pipe} 8<&-
       ${script} >${place(stdout, out)} 2>${place(stderr, err)}
       echo "\${PIPESTATUS[0]}" > ${code}`,
      "bash",
      ...words(line),
    ],
    { env: { ...process.env, NATS_URL: fleet.server.url, NODE: process.execPath, PROGRAM: program }, stdio: "ignore" },
  );
  await once(child, "exit");
  const ms = performance.now() - begun;
  const [text, errors, ended] = await Promise.all(
    [out, err, code].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  return { code: Number(ended || "NaN"), stdout: text ?? "", stderr: errors ?? "", ms };
}
