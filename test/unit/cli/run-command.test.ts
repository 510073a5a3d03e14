import { describe, expect, test } from "vitest";
import { allOptionsOf } from "../../../src/cli/global-options.ts";
import { reference } from "../../../src/cli/reference.ts";
import { runCommandLine } from "../../../src/cli/run-command.ts";

describe("an invalid command line is reported on one line, with what to do", () => {
  test.each([
    ["--json", "name a command; see `steward --help`"],
    ["sned ship1 ping", "unknown command: sned; did you mean `steward send`? see `steward --help`"],
    ["send ship1 exec --tiemout 5s", "unknown option: --tiemout; did you mean --timeout? see `steward send --help`"],
    ["send ship1 exec --tiemout=5s", "unknown option: --tiemout; did you mean --timeout? see `steward send --help`"],
    ["send ship1 uname -a", "unknown option: -a; see `steward send --help`; put data that begins with - after --"],
    ["send ship1 exec ls -la", "unknown option: -la; see `steward send --help`; put data that begins with - after --"],
    ["send ship1 ping --no-wait --wait 3s", "--no-wait and --wait exclude each other; leave out one of them"],
    ["nodes --jsno", "unknown option: --jsno; did you mean --json? see `steward nodes --help`"],
    [
      "log --state faild",
      /^--state "faild" is not one of started, .*; did you mean failed\? see `steward log --help`$/,
    ],
    ["lanes ship1 puase", /^"puase" is not one of pause, .*; did you mean pause\? see `steward lanes --help`$/],
    ["-v", "unknown option: -v; did you mean -V? see `steward --help`"],
    ["frobnicate", "unknown command: frobnicate; see `steward --help`"],
    ["constructor", "unknown command: constructor; see `steward --help`"],
    ["status", "the argument <id> is missing; see `steward status --help`"],
    ["status a b", "unknown argument: b; see `steward status --help`"],
    ["nodes --bogus", "unknown option: --bogus; see `steward nodes --help`"],
    ["nodes --server", "a value is missing after the option server; see `steward nodes --help`"],
    ["nodes --no-json", "unknown option: --no-json; see `steward nodes --help`"],
    ["send ship1 exec ls -l", "unknown option: -l; see `steward send --help`; put data that begins with - after --"],
    ["nodes --log-level loud", '--log-level "loud" is not one of debug, info, warn, error; see `steward nodes --help`'],
  ])("steward %s", async (line, message) => {
    await expect(runCommandLine(line.split(" "))).rejects.toMatchObject({
      code: "usage",
      message: typeof message === "string" ? message : (expect.stringMatching(message) as unknown),
    });
  });
});

test("a line in the place of the subject is refused with the subject shell", async () => {
  await expect(runCommandLine(["send", "ship1", "ls -la"])).rejects.toMatchObject({
    code: "usage",
    message: `"ls -la" is not a subject; to run it as a command, write \`steward send ship1 shell 'ls -la'\``,
  });
});

describe("an option without a value refuses a value, so that `--dry-run=1` does not run", () => {
  const flags = reference.flatMap((command) =>
    Object.entries(allOptionsOf(command))
      .filter(([, { type }]) => type === "boolean")
      .flatMap(([name, { alias }]) => {
        const typed = alias === undefined ? [`--${name}`] : [`--${name}`, `-${alias}`];
        return typed.map((option) => ({ command: command.name, option, flag: `--${name}` }));
      }),
  );

  test("the list has the options of all commands", () => {
    expect(flags).toContainEqual({ command: "send", option: "--dry-run", flag: "--dry-run" });
    expect(flags).toContainEqual({ command: "send", option: "--no-wait", flag: "--no-wait" });
    expect(flags).toContainEqual({ command: "nodes", option: "-w", flag: "--watch" });
  });

  test.each(flags)("steward $command $option=…", async ({ command, option, flag }) => {
    for (const value of ["1", "on", "yes", "no", "off", "x", "", "true", "false"]) {
      await expect(runCommandLine([command, `${option}=${value}`])).rejects.toMatchObject({
        code: "usage",
        message: `${flag} takes no value; write ${flag}`,
      });
    }
    for (const value of ["true", "false"]) {
      await expect(runCommandLine([command, option, value])).rejects.toMatchObject({
        code: "usage",
        message: `${flag} takes no value; leave out ${value}, or put data after --`,
      });
    }
  });

  test("also before the command", async () => {
    await expect(runCommandLine(["--json=1", "nodes"])).rejects.toMatchObject({
      message: "--json takes no value; write --json",
    });
  });

  test("but data after -- may look like one", async () => {
    await expect(runCommandLine(["send", "--file", "x", "--", "--dry-run=1"])).rejects.toMatchObject({
      message: expect.stringMatching(/leave out --$/) as unknown,
    });
  });
});

describe("invalid values are reported before the connection to the broker", () => {
  test.each([
    ["send", "usage", "name the nodes and the subject, such as `steward send ship1 exec -- uname -a`"],
    ["send ship1", "usage", "name the nodes and the subject, such as `steward send ship1 exec -- uname -a`"],
    ["send ship1.example.com ping", "badName", /; try "ship1-example-com"$/],
    ["send ship1 p.ing", "badMessage", "subject: may hold only A-Z a-z 0-9 _ - and at most 64 of them"],
    ["send ship1 ping --id a.b", "badMessage", "id: may hold only A-Z a-z 0-9 _ - and at most 40 of them"],
    ["send ship1 ping --from a.b", "usage", "--from a.b: may hold only A-Z a-z 0-9 _ - and at most 64 of them"],
    ["send ship1 ping --wait soon", "usage", '--wait soon: must be a duration such as "30s" or "5m", at most 24d'],
    ["send ship1 ping --wait 25d", "usage", '--wait 25d: must be a duration such as "30s" or "5m", at most 24d'],
    ["send ship1 ping --wait 1s --wait 2s", "usage", "--wait may be given only once"],
    ["send ship1 ping --timeout 1s --timeout 2s", "usage", "--timeout may be given only once"],
    ["send ship1 ping --timeout 0s", "badMessage", /^timeout: must be a duration longer than 0/],
    ["send ship1 ping --timeout 25d", "badMessage", "timeout: must be at most 24d"],
    ["send ship1 ping --retries x", "usage", "--retries must be a whole number, 0 or more"],
    ["send ship1 ping --retries 1.5", "usage", "--retries must be a whole number, 0 or more"],
    ["send ship1 ping --retries 1 --at-most-once", "usage", "--at-most-once and --retries exclude each other"],
    ["send ship1 ping --timeout 5", "usage", "--timeout 5 must have a unit; write 5s, 5m, 5h or 5d"],
    ["send ship1 ping --timeout soon", "usage", "--timeout soon is not a duration; write one such as 30s or 5m"],
    ["send ship1 ping --retry-wait 1.5", "usage", "--retry-wait 1.5 must have a unit; write 1.5s"],
    ["send ship1 ping --expires 5", "usage", "--expires 5 must have a unit"],
    ["send ship1 ping --every 5", "usage", '"5" must have a unit'],
    ["send ship1 ping --wait 5", "usage", "--wait 5: must have a unit; write 5s, 5m, 5h or 5d"],
    ["init --archive 30", "usage", "--archive 30 must have a unit"],
    ["node ship1 --timeout 5", "usage", "--timeout 5: must have a unit"],
    ["send ship1 ping --reply central", "usage", "--reply central: write it as node.subject, such as central.log"],
    ["send ship1 ping --reply a.b.c", "usage", "--reply a.b.c: write it as node.subject, such as central.log"],
    ["send ship1 --file x", "usage", "with --file the messages are in the file; leave out nodes"],
    ["send --file x -- data", "usage", "with --file the messages are in the file; leave out --"],
    ["send --file x --id a", "usage", "with --file the messages are in the file; leave out id"],
    ["send --file x --event", "usage", "with --file the messages are in the file; leave out event"],
    ["send --file /nowhere", "fileUnreadable", /^\/nowhere cannot be read: ENOENT/],
    ["send central --lines /nowhere", "fileUnreadable", /^\/nowhere cannot be read: ENOENT/],
    ["send ship1 exec", "usage", /^exec needs the command to run, such as `steward send ship1 exec -- df -h`/],
    ["send all shell --every 1h", "usage", /^shell needs the command to run/],
    ["send central exec --lines x", "usage", /^--lines sends log events and takes no data/],
    ["send central log text --lines x", "usage", /^--lines sends log events and takes no data/],
    ["send central --lines x --id 012345678901234567890123456789012", "usage", /^--id may have at most 32 characters/],
    ["status a.b", "usage", '"a.b" is not a message id'],
    ["log --node a.b", "usage", "--node a.b: a name may contain only A-Z a-z 0-9 _ -"],
    ["log --since yesterday", "usage", "--since yesterday is not a time; write it as 2h"],
    ["nodes --namespace a.b", "usage", "--namespace a.b: may hold only a-z 0-9 _ -"],
    ["nodes --namespace Prod", "usage", "--namespace Prod: may hold only a-z 0-9 _ - .* no capital letters"],
    ["nodes --server nats://:::", "badSettings", '":::" is not a broker address; write it as nats://host:4222'],
    ["nodes --server nats://me:a,b@h", "badSettings", "number 1 of the broker addresses is not .* as %2C"],
    ["nodes --creds /nowhere", "fileUnreadable", /^the credentials in \/nowhere cannot be read: ENOENT/],
    ["node -- all", "usage", /^the argument <name> is missing/],
    ["node all", "badName", "`all` means every node and cannot be a node's name"],
    ["node ship1 --label oslo", "usage", "--label oslo: write it as key=value"],
  ])("steward %s", async (line, code, message) => {
    const error: unknown = await runCommandLine(line.split(" ")).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as unknown });
  });
});
