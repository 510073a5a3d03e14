import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, closeSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Starters } from "../../../../src/exec/starters.ts";
import { runChild, type ChildResult } from "../../../../src/exec/run-child.ts";
import { messageOf } from "../../../../src/protocol/errors.ts";
import { scriptSpec, untilReady } from "../support.ts";

/** The ways in which docs/operations.md says that a command ends, all of them, however the program was started. */
const folder = mkdtempSync(join(tmpdir(), "steward-endings-"));
const env = { PATH: process.env["PATH"], HOME: folder };
const starters = new Starters(env);
beforeAll(() => untilReady(starters, env));
afterAll(() => rmSync(folder, { recursive: true }));

const names = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));
/** As Node says; it knows two of them by a second name too. */
const nameOf = (signal: number): string =>
  ({ 6: "SIGABRT", 29: "SIGIO" })[signal] ?? names.get(signal) ?? `signal ${signal}`;
const doesNotEnd = new Set(["SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGWINCH"]);
const signals = Array.from({ length: 64 }, (_, index) => index + 1);
const deadly = signals.filter((signal) => !doesNotEnd.has(nameOf(signal)));

describe.each([
  ["started by this process", undefined],
  ["that a shell became", starters],
])("of a program %s", (_how, ready) => {
  const end = async (...argv: [string, ...string[]]): Promise<Pick<ChildResult, "exitCode" | "signal">> => {
    if (ready !== undefined) await untilReady(ready, env);
    const { exitCode, signal } = await runChild(scriptSpec("", { argv, env, ...(ready && { starters: ready }) }));
    return { exitCode, signal };
  };
  const script = (text: string): ReturnType<typeof end> => end("sh", "-c", text);

  test("exit codes 0 to 255", { timeout: 60_000 }, async () => {
    for (let code = 0; code < 256; code++) {
      expect(await script(`exit ${code}`)).toEqual({ exitCode: code, signal: null });
    }
  });

  test.each([
    ["itself", (signal: number) => `kill -${signal} $$`],
    ["another process", (signal: number) => `(kill -${signal} $$) > /dev/null 2>&1; sleep 9`],
  ])("every signal that ends, sent by %s", { timeout: 60_000 }, async (_who, text) => {
    for (const signal of deadly) {
      expect(await script(text(signal))).toEqual({ exitCode: null, signal: nameOf(signal) });
    }
  });

  test("every signal that ends nothing", async () => {
    for (const signal of signals.filter((one) => !deadly.includes(one))) {
      const goOn = `(sleep 0.05; kill -CONT $$) & kill -${signal} $$; wait; exit 7`;
      expect(await script(goOn)).toEqual({ exitCode: 7, signal: null });
    }
  });

  test("a core dump", async () => {
    for (const signal of [3, 4, 6, 8, 11]) {
      expect(await script(`cd ${folder}; ulimit -c unlimited; kill -${signal} $$`)).toEqual({
        exitCode: null,
        signal: nameOf(signal),
      });
    }
  });
});

describe("a program that cannot be started", () => {
  const file = (name: string, text: string, mode: number): string => {
    writeFileSync(join(folder, name), text, { mode });
    return join(folder, name);
  };
  const loop = join(folder, "loop");
  symlinkSync(loop, loop);
  mkdirSync(join(folder, "a-folder"));
  const busy = file("busy", "", 0o755);
  execFileSync("cp", ["/bin/true", busy]);
  const cases: [string, [string, ...string[]]][] = [
    ["ENOENT", ["no-such-program"]],
    ["ENOENT", [join(folder, "missing")]],
    ["ENOENT", [file("no-interpreter", "#!/no/such/interpreter\n", 0o755)]],
    ["EACCES", [file("plain", "text", 0o644)]],
    ["EACCES", [join(folder, "a-folder")]],
    ["ENOTDIR", [join(folder, "plain", "below")]],
    ["ELOOP", [loop]],
    ["E2BIG", ["true", "x".repeat(4_000_000)]],
    ["E2BIG", ["true", "x".repeat(131_072)]],
    ["ENAMETOOLONG", [`/${"x".repeat(300)}`]],
    ["ETXTBSY", [busy]],
    ["ERR_INVALID_ARG_VALUE", ["true", "\0"]],
  ];

  test.each(cases)("%s", async (code, argv) => {
    const writer = openSync(busy, "r+");
    const heard: string[] = [];
    const onChunk = (_stream: string, _offset: number, bytes: Buffer): void => void heard.push(bytes.toString());
    const failure = async (ready?: Starters): Promise<unknown> =>
      runChild(scriptSpec("", { argv, env, onChunk, ...(ready && { starters: ready }) })).catch(
        (error: unknown) => error,
      );
    await untilReady(starters, env);
    const [direct, byShell] = [await failure(), await failure(starters)];
    closeSync(writer);
    expect(direct).toMatchObject({ code: "spawnFailed", cause: { code } });
    expect(byShell).toMatchObject({ code: "spawnFailed", cause: { code } });
    expect(messageOf(byShell)).toBe(messageOf(direct));
    expect(heard).toEqual([]);
  });

  test("a script without a first line is run by the shell, in both ways", async () => {
    const argv: [string] = [file("no-first-line", "exit 3\n", 0o755)];
    await untilReady(starters, env);
    for (const ready of [undefined, starters]) {
      const result = await runChild(scriptSpec("", { argv, env, ...(ready && { starters: ready }) }));
      expect(result).toMatchObject({ exitCode: 3, signal: null });
    }
  });
});
