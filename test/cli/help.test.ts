import { describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands/index.ts";
import manifest from "../../package.json" with { type: "json" };
import { run } from "./support.ts";

describe("each command has its help", () => {
  test("steward --help", async () => {
    expect(await help("--help")).toMatchInlineSnapshot(`
      "
      steward <command>

      Durable, ordered commands and events for a fleet of nodes, on NATS JetStream.

      Commands:
        steward send [nodes] [subject] [data..]   send a command or an event to nodes,
                                                  and wait for what becomes of it
        steward wait <id>                         wait for a message that was sent
                                                  before, and print what became of it
        steward node <name>                       run the daemon of a node
        steward nodes [pattern]                   show every node: up or down, queued
                                                  messages, held lanes, last outcome
        steward lanes <node> [action] [lane]      show the lanes of a node, or pause,
                                                  resume and restart them
        steward status <id>                       show what became of a message, on
                                                  every node it was sent to
        steward cancel <id>                       take a message back, whether it is
                                                  queued or runs
        steward schedule <action> [id]            show the messages that are sent on a
                                                  schedule, or remove one
        steward replay <id>                       send a message again as the log
                                                  holds it, under a new id, and wait
                                                  for what becomes of it
        steward log                               show the history of ACKs, oldest
                                                  first; one line or JSON line each
        steward group <action> [group] [nodes..]  show groups of nodes, or change who
                                                  is in them; @name in \`steward send\`
                                                  means a group
        steward init                              create the streams and buckets that
                                                  are missing on the broker, and tell
                                                  which differ
        steward broker                            run a single broker: a nats-server
                                                  with JetStream, durable by default

      Global options:
        -s, --server     the broker's URL, several with commas (NATS_URL)     [string]
            --creds      file with the user's credentials                     [string]
            --nkey       file with the user's nkey seed                       [string]
            --user       user name                                            [string]
            --password   password                                             [string]
            --tls-ca     file with the certificate authority                  [string]
            --tls-cert   file with the client's certificate                   [string]
            --tls-key    file with the client's key                           [string]
            --namespace  the fleet's name in subjects and streams; default steward
                                                                              [string]
            --log-level  how much is told on stderr; default info
                                  [string] [choices: "debug", "info", "warn", "error"]
            --json       one JSON document on stdout                         [boolean]
        -h, --help       show this help                                      [boolean]
        -V, --version    show Steward's version                              [boolean]
      "
    `);
  });
  test("steward send --help", async () => {
    expect(await help("send", "--help")).toMatchInlineSnapshot(`
      "
      steward send [nodes] [subject] [data..]

      send a command or an event to nodes, and wait for what becomes of it

      Positionals:
        nodes    a name, several with commas between, 'ship*', @group, all, or @- for
                 standard input                                               [string]
        subject  what to do: exec, shell, ping, log, …                        [string]
        data     its data; after -- it is taken as it stands   [array] [default: none]

      Options:
            --event         send an event; log and error are events anyway   [boolean]
            --timeout       how long one run may last, such as 5m             [string]
            --retries       how many further runs a failure may have          [number]
            --retry-wait    wait before the first of them; it doubles with each
                                                                              [string]
            --expires       do not start it later than this after it was stored
                                                                              [string]
            --at-most-once  never run it again after a crash in the middle of a run
                                                                             [boolean]
            --reply         send the result as an event too: node.subject     [string]
            --label         only nodes with this label, key=value; may be given again,
                            then all must fit                                  [array]
            --exclude       not these: names, patterns or @groups, several with commas
                                                                               [array]
            --only          only where an earlier message ended so: ID:failed,expired;
                            ID alone: not well                                [string]
            --limit         at most so many of them, such as 10 or 10%, drawn at
                            random                                            [string]
            --seed          draw the same ones again: any text                [string]
            --dry-run       print whom it would reach, and send nothing      [boolean]
        -y, --yes           do not ask before many nodes                     [boolean]
            --wait          how long to wait for the outcome; default 30s     [string]
            --no-wait       end as soon as the broker has stored it, and print the id
                                                                             [boolean]
        -q, --quiet         print nothing but what did not succeed           [boolean]
            --file          send the messages of a JSON or YAML file, - for standard
                            input                                             [string]
            --lines         send the lines of a file as log events in blocks, - for
                            standard input                                    [string]
            --at            send it at this time, such as 2026-12-24T18:00:00Z[string]
            --every         send it again and again after this time, such as 1h
                                                                              [string]
            --cron          send it at the times of a cron line, such as '30 4 * *
                            1-5'                                              [string]
            --tz            the time zone of the cron line; default UTC       [string]
            --id            the message's id; one sent before is not run twice[string]
            --from          the sender's name; default the user's             [string]
            --known-only    refuse node names that were never seen           [boolean]

      Examples:
        steward send ship1 exec -- uname -a       run a program on ship1 and print its
                                                  output
        steward send ship1,ship2 shell 'df -h |   run a script line on two nodes
        tail -1'
        steward send 'ship*' exec --exclude       on all whose names begin with ship,
        ship9 -- uptime                           but for one
        steward send all exec --label site=oslo   on a tenth of the nodes in Oslo
        --limit 10% -- reboot
        steward send all exec --only              where that message failed
        01KAP7Q4T0:failed -- uptime
        steward send ship1 exec --cron '30 4 * *  on a schedule, see \`steward schedule
        1-5' -- backup                            ls\`
        steward send central log --lines          forward a log file
        /var/log/syslog
        steward send --file messages.json         send a list of messages
      "
    `);
  });
  test("steward node --help", async () => {
    expect(await help("node", "--help")).toMatchInlineSnapshot(`
      "
      steward node <name>

      run the daemon of a node

      Positionals:
        name  the node's name                                      [string] [required]

      Options:
            --config             file with what the node accepts, and defaults for
                                 these options                                [string]
            --data-dir           folder for log/ and inmsg.txt; default in the user's
                                 state folder                                 [string]
            --inbox              file or folder watched for messages to send; default
                                 inmsg.txt in the data folder                 [string]
            --handlers           folder of your own handlers; see docs/handlers.md
                                                                              [string]
            --central            the node that is told of failures; default central
                                                                              [string]
            --label              key=value, shown by \`steward nodes --json\`; may be
                                 given again                                   [array]
            --timeout            how long a run may last unless the message says;
                                 default 60s                                  [string]
            --retries            further runs of a failed message unless it says;
                                 default 0                                    [number]
            --retry-wait         wait before the first of them; default 5s    [string]
            --kill-grace         time between SIGTERM and SIGKILL; default 5s [string]
            --output-limit       bytes of each output stream that an ACK holds;
                                 default 65536                                [number]
            --drain-timeout      how long what runs may go on at a stop; default 30s
                                                                              [string]
            --presence-ttl       how long a silent node counts as up; default 60s
                                                                              [string]
            --watchdog-interval  how often the daemon compares itself with the stream;
                                 default 60s                                  [string]

      Examples:
        steward node ship1                        run the node ship1 on this machine
        steward node ship1 --server               with the broker on another machine
        nats://central:4222 --label site=oslo
      "
    `);
  });
  test("steward nodes --help", async () => {
    expect(await help("nodes", "--help")).toMatchInlineSnapshot(`
      "
      steward nodes [pattern]

      show every node: up or down, queued messages, held lanes, last outcome

      Positionals:
        pattern  only nodes of this name; * stands for any characters         [string]

      Examples:
        steward nodes 'ship*'  the nodes whose names begin with ship
      "
    `);
  });
  test("steward status --help", async () => {
    expect(await help("status", "--help")).toMatchInlineSnapshot(`
      "
      steward status <id>

      show what became of a message, on every node it was sent to

      Positionals:
        id  the message's id                                       [string] [required]

      Examples:
        steward status 01KAP7Q4T0000000000000000  its ACKs so far, or that it is
                                                  queued
      "
    `);
  });
  test("steward lanes --help", async () => {
    expect(await help("lanes", "--help")).toMatchInlineSnapshot(`
      "
      steward lanes <node> [action] [lane]

      show the lanes of a node, or pause, resume and restart them

      Positionals:
        node    the node                                           [string] [required]
        action  pause, resume or restart a lane; drain, resume or stop the node
                                                                              [string]
        lane    the lane, such as command.exec                                [string]

      Options:
            --reason  why the lane is paused, for others to see               [string]
            --from    who asks for it; default the user's name                [string]

      Examples:
        steward lanes ship1                       what runs and what waits on ship1
        steward lanes ship1 pause command.exec    begin none of these messages until
                                                  resumed
        steward lanes ship1 restart command.exec  end what runs there, and run it
                                                  again
        steward lanes ship1 drain                 begin no further message at all
                                                  until resumed
      "
    `);
  });
  test("steward cancel --help", async () => {
    expect(await help("cancel", "--help")).toMatchInlineSnapshot(`
      "
      steward cancel <id>

      take a message back, whether it is queued or runs

      Positionals:
        id  the message's id                                       [string] [required]

      Options:
            --node  only on this node                                         [string]
            --wait  how long what runs may take to end; default 30s           [string]
            --from  who cancels it; default the user's name                   [string]

      Examples:
        steward cancel 01KAP7Q4T0000000000000000  on every node that it was sent to
      "
    `);
  });
  test("steward log --help", async () => {
    expect(await help("log", "--help")).toMatchInlineSnapshot(`
      "
      steward log

      show the history of ACKs, oldest first; one line or JSON line each

      Options:
            --node     only this node                                         [string]
            --subject  only this subject, such as exec                        [string]
            --state    only this state
          [string] [choices: "started", "retrying", "succeeded", "failed", "rejected",
                                                "expired", "cancelled", "interrupted"]
            --since    only what is not older than this, such as 2h           [string]
            --follow   go on with what happens, until interrupted            [boolean]

      Examples:
        steward log --node ship1 --state failed   what failed on ship1 since yesterday
        --since 1d
      "
    `);
  });
  test("steward init --help", async () => {
    expect(await help("init", "--help")).toMatchInlineSnapshot(`
      "
      steward init

      create the streams and buckets that are missing on the broker, and tell which
      differ

      Options:
            --replicas  copies of each stream that is created: 1 (the default) to 5, 3
                        on a cluster                                          [number]
            --check     create nothing, only tell what is missing or differs [boolean]
            --archive   also keep the ACKs for this long, such as 365d, in an archive
                                                                              [string]

      Examples:
        steward init                              on a single broker
        steward init --replicas 3 --archive 365d  on a cluster, with an archive of one
                                                  year
        steward init --check                      exit 1 when something is missing or
                                                  differs
      "
    `);
  });
  test("steward broker --help", async () => {
    expect(await help("broker", "--help")).toMatchInlineSnapshot(`
      "
      steward broker

      run a single broker: a nats-server with JetStream, durable by default

      Options:
            --port         port to listen on; default 4222                    [number]
            --host         address to listen on; default 127.0.0.1            [string]
            --store-dir    folder that keeps the streams; default in the user's state
                           folder                                             [string]
            --nats-server  the nats-server to run; default one that is found or
                           fetched                                            [string]
            --name         the server's name                                  [string]

      Examples:
        steward broker                            for this machine alone
        steward broker --host 0.0.0.0             for other machines too, in a folder
        --store-dir /srv/steward                  of your own
      "
    `);
  });
  test("steward wait --help", async () => {
    expect(await help("wait", "--help")).toMatchInlineSnapshot(`
      "
      steward wait <id>

      wait for a message that was sent before, and print what became of it

      Positionals:
        id  the message's id                                       [string] [required]

      Options:
            --node   only on this node                                        [string]
            --wait   how long at most; default until it has ended everywhere  [string]
        -q, --quiet  print nothing but what did not succeed                  [boolean]

      Examples:
        steward wait 01KAP7Q4T0000000000000000    as if \`steward send\` had gone on
                                                  waiting
        steward wait 01KAP7Q4T0000000000000000    how it stands now, with the exit
        --wait 0s                                 code of a send
      "
    `);
  });

  test("steward group --help", async () => {
    expect(await help("group", "--help")).toMatchInlineSnapshot(`
      "
      steward group <action> [group] [nodes..]

      show groups of nodes, or change who is in them; @name in \`steward send\` means a
      group

      Positionals:
        action  ls, add or rm                                      [string] [required]
        group   the group's name                                              [string]
        nodes   nodes to add or take out, also 'ship*'; rm without any removes the
                group                                          [array] [default: none]

      Examples:
        steward group add web ship1 ship2  @web means these two from now on
        steward group add oslo 'oslo-*'    the nodes of that name that are known now
        steward group rm web ship2         take one out
        steward group ls                   all groups
      "
    `);
  });

  test("steward schedule --help", async () => {
    expect(await help("schedule", "--help")).toMatchInlineSnapshot(`
      "
      steward schedule <action> [id]

      show the messages that are sent on a schedule, or remove one

      Positionals:
        action  ls or rm                                           [string] [required]
        id      the schedule's id                                             [string]

      Options:
            --node  only on this node                                         [string]
            --from  who removes it; default the user's name                   [string]

      Examples:
        steward send ship1 exec --cron '30 4 * *  make one
        1-5' --id backup --
        /usr/local/bin/backup
        steward schedule ls                       what is sent on a schedule, and when
                                                  next
        steward schedule rm backup                end it, on all nodes
      "
    `);
  });

  test("steward replay --help", async () => {
    expect(await help("replay", "--help")).toMatchInlineSnapshot(`
      "
      steward replay <id>

      send a message again as the log holds it, under a new id, and wait for what
      becomes of it

      Positionals:
        id  the id of the message, or of one firing of a schedule  [string] [required]

      Options:
            --node        only what went to this node                         [string]
            --to          send it to this node instead                        [string]
            --only        only where it ended so, such as failed,expired      [string]
            --wait        how long to wait for the outcome; default 30s       [string]
            --no-wait     end as soon as the broker has stored it, and print the id
                                                                             [boolean]
        -q, --quiet       print nothing but what did not succeed             [boolean]
            --known-only  refuse node names that were never seen             [boolean]

      Examples:
        steward replay 01KAP7Q4T0000000000000000  on every node that it was sent to
        steward replay 01KAP7Q4T0000000000000000  where it did not succeed
        --only failed,expired
        steward replay 01KAP7Q4T0000000000000000  what ship1 got, on ship2
        --node ship1 --to ship2
      "
    `);
  });

  test("no command is left out above", () => {
    expect(Object.keys(commands)).toEqual([
      "send",
      "wait",
      "node",
      "nodes",
      "lanes",
      "status",
      "cancel",
      "schedule",
      "replay",
      "log",
      "group",
      "init",
      "broker",
    ]);
  });
});

test.each([["-h"], ["help"]])("steward %s is the same as --help", async (word) => {
  expect((await run([word])).stdout).toEqual((await run(["--help"])).stdout);
  expect((await run(word === "help" ? ["help", "status"] : ["status", "-h"])).stdout).toEqual(
    (await run(["status", "--help"])).stdout,
  );
});

test("steward alone shows the help where errors go, and ends as one", async () => {
  const { code, stdout, stderr } = await run([]);
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toBe((await run(["--help"])).stdout.toString());
});

test.each([["--version"], ["-V"], ["send", "--version"]])("the version: steward %s %s", async (...args) => {
  const { code, stdout } = await run(args);
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: `${manifest.version}\n` });
});

/** Everything above the options that all commands have, which the top's help shows. */
async function help(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const shown = `\n${stdout.toString()}`;
  if (args.length === 1) return shown;
  const [own = "", common = ""] = shown.split("Global options:\n");
  return own + (/Examples:[^]*/.exec(common)?.[0] ?? "");
}
