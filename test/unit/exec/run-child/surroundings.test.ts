import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { runChild } from "../../../../src/exec/run-child.ts";
import { runScript, scriptSpec } from "../support.ts";

test("arguments are handed over as they are, with nothing interpreted", async () => {
  const strange = ["$HOME", "*", "a b", "", "'\"\\", "-n", "æ\n"];
  const { stdout } = await runChild(scriptSpec("", { argv: ["printf", String.raw`%s\0`, ...strange] }));
  expect(stdout.bytes.toString()).toBe(strange.map((argument) => `${argument}\0`).join(""));
});

test("the environment is exactly the one given", async () => {
  const { stdout } = await runChild(scriptSpec("", { argv: ["/usr/bin/env"], env: { ONE: "1", TWO: "2" } }));
  expect(stdout.bytes.toString().trim().split("\n").toSorted()).toEqual(["ONE=1", "TWO=2"]);
});

test("the working folder is the one given", async () => {
  const { stdout } = await runScript("pwd -P", { cwd: tmpdir() });
  expect(stdout.bytes.toString()).toBe(`${realpathSync(tmpdir())}\n`);
});

test("there is no input: a program that reads it finds its end", async () => {
  expect(await runScript("cat; echo end")).toMatchObject({ exitCode: 0, stdout: { bytes: Buffer.from("end\n") } });
});

test("the program leads a process group of its own", async () => {
  const { stdout } = await runScript("read -r pid _name _state _parent group _rest < /proc/$$/stat; echo $pid $group");
  const [pid, group] = stdout.bytes.toString().trim().split(" ");
  expect(group).toBe(pid);
});
