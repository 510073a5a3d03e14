import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type ChildSpec, runChild } from "../../../src/exec/run-child.ts";
import { StewardError } from "../../../src/protocol/errors.ts";
import { scriptSpec } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "steward-exec-"));
const plainFile = join(folder, "plain");
const noInterpreter = join(folder, "no-interpreter");
writeFileSync(plainFile, "text");
writeFileSync(noInterpreter, "#!/no/such/interpreter\n", { mode: 0o755 });
afterAll(() => rmSync(folder, { recursive: true }));

async function failure(changes: Partial<ChildSpec>): Promise<string> {
  const error: unknown = await runChild(scriptSpec("true", changes)).catch((thrown: unknown) => thrown);
  if (!(error instanceof StewardError)) throw new Error("no StewardError", { cause: error });
  expect(error.code).toBe("spawnFailed");
  expect(error.cause).toBeInstanceOf(Error);
  return error.message;
}

test("a program that does not exist", async () => {
  expect(await failure({ argv: ["ls -la"] })).toMatch(
    /; exec does not split a line into words, the subject shell does$/,
  );
  expect(await failure({ argv: ["no-such-program"] })).toMatch(/^cannot start "no-such-program": no such program/);
});

test("a script whose interpreter does not exist", async () => {
  expect(await failure({ argv: [noInterpreter] })).toMatch("or the interpreter that its first line names is missing");
});

test.each([
  ["a file without the right to execute it", plainFile],
  ["a folder", folder],
])("%s", async (_what, path) => {
  expect(await failure({ argv: [path] })).toBe(
    `cannot start "${path}": it is not a file that may be executed; check its permissions`,
  );
});

test("a name without a slash is not found when PATH leads nowhere", async () => {
  expect(await failure({ env: { PATH: folder } })).toMatch(/^cannot start "sh": no such program/);
});

test("arguments larger than the system takes, which are not repeated", async () => {
  const message = await failure({ argv: ["true", "x".repeat(4_000_000)] });
  expect(message).toMatch(/^cannot start "true": its arguments and environment are larger/);
  expect(message.length).toBeLessThan(200);
});

test("a missing working folder is distinguished from a missing program", async () => {
  const cwd = join(folder, "missing");
  expect(await failure({ cwd })).toBe(`cannot start "sh": its folder "${cwd}" cannot be entered (ENOENT)`);
});

test("a working folder that is a file", async () => {
  expect(await failure({ cwd: plainFile })).toMatch(/cannot be entered \(ENOTDIR\)$/);
});

test.each<[string, Partial<ChildSpec>]>([
  ["an empty name", { argv: [""] }],
  ["a NUL byte in the name", { argv: ["a\0b"] }],
  ["a NUL byte in an argument", { argv: ["true", "secret\0"] }],
  ["a NUL byte in a variable", { env: { A: "secret\0" } }],
])("%s, without repeating it", async (_what, changes) => {
  const message = await failure(changes);
  expect(message).toMatch("its name is empty, or its name, folder, arguments or environment hold a NUL byte");
  expect(message).not.toMatch("secret");
});

test("a NUL byte in the working folder", async () => {
  expect(await failure({ cwd: "/tmp\0" })).toMatch('its folder "/tmp\\u0000" cannot be entered');
});

test("a long name with line breaks is shown short and on one line", async () => {
  const message = await failure({ argv: [`a\nb${"c".repeat(3000)}`] });
  expect(message).not.toMatch("\n");
  expect(message.length).toBeLessThan(300);
});
