import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { program } from "../support/steward.ts";
import { until } from "../support/until.ts";

let fleet: Fleet;
let child: ChildProcess;
let top: string;
let here: string;
beforeEach(async () => {
  fleet = await startFleet();
  top = await realpath(await mkdtemp(join(tmpdir(), "steward-folder-")));
  here = join(top, "here");
  await mkdir(join(here, "handlers"), { recursive: true });
  await writeFile(
    join(here, "handlers", "where.mjs"),
    `import { defineHandler } from "steward-nats";
    export default defineHandler({ messageType: "command", subject: "where", describe: "where it is", run: () => process.cwd() });`,
  );
  // All paths are relative to where the daemon is started.
  const args = [program, "node", "ship1", "--data-dir", "data", "--inbox", "in.txt", "--handlers", "handlers"];
  child = spawn(process.execPath, [...args, "--server", fleet.server.url], {
    cwd: here,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr?.on("data", (bytes: Buffer) => (log += bytes.toString()));
  await until(() => log.includes('"msg":"ready"'), 20_000);
});
afterEach(async () => {
  child.kill("SIGKILL");
  await fleet[Symbol.asyncDispose]();
  await rm(top, { recursive: true, force: true });
});

const pwd = (): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  fleet.steward(["send", "ship1", "exec", "--", "pwd"]);

it("W4: commands start in the folder that has the name of the daemon's working directory, or not at all", async () => {
  expect(await pwd()).toMatchObject({ code: 0, stdout: `${here}\n` });
  await rename(here, `${here}.old`);
  const gone = {
    code: 1,
    stderr: expect.stringContaining(`its folder "${here}" cannot be entered (ENOENT)`) as string,
  };
  expect(await pwd()).toMatchObject(gone);
  expect(await fleet.steward(["send", "ship1", "shell", "ls"])).toMatchObject(gone);
  expect(await fleet.steward(["send", "ship1", "where"])).toMatchObject(gone);

  await mkdir(here);
  expect(await pwd()).toMatchObject({ code: 0, stdout: `${here}\n` });
  expect(await fleet.steward(["send", "ship1", "shell", "echo new > made; cat made"])).toMatchObject({
    stdout: "new\n",
  });
  expect(await fleet.steward(["send", "ship1", "exec", "--", "cat", "made"])).toMatchObject({ stdout: "new\n" });
});

it("W4: the daemon's files stay where its command line put them, even if the folder is replaced", async () => {
  await rm(here, { recursive: true });
  expect((await fleet.steward(["send", "ship1", "log", "--from", "web", "text"])).code).toBe(0);
  expect((await fleet.steward(["send", "ship1", "ping"])).code).toBe(0);
  await mkdir(here, { recursive: true });
  expect(await fleet.steward(["send", "ship1", "exec", "--", "cat", "data/log/web.log"])).toMatchObject({
    code: 0,
    stdout: "text\n",
  });
});
