import { readFileSync } from "node:fs";
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

      Send and wait:
        send        send a command or an event to nodes, and wait for the outcome
        wait        wait for the outcome of an earlier message

      Look:
        nodes       list the nodes: state, queue, last outcome, held lanes; show one
                    in detail; or retire one
        status      show the state and the output of a message, step by step, on all
                    its nodes
        queue       list the messages that wait or run, oldest first
        log         show the history: one line for each ACK, oldest first
        errors      show failures, newest last, and the quarantined lanes
        watch       show messages and ACKs as they happen, until interrupted

      Act:
        lanes       show the lanes of a node; pause, resume or restart one
        cancel      cancel a message, queued or running
        schedule    list the schedules, or delete one
        replay      send a message of the log again, under a new id, and wait for the
                    outcome

      Run:
        node        run the daemon of a node
        broker      run a single broker: a nats-server with JetStream that syncs to
                    disk

      Set up:
        group       list or change groups of nodes; write @name to send to a group
        init        create missing streams and buckets on the broker, and report
                    differences
        config      show every setting and its source, check a file, or print the JSON
                    Schemas
        doctor      check everything from this machine to the broker and its streams,
                    and say how to fix problems
        completion  print the completion script of a shell: commands, options, names
                    and ids of the live fleet

      Global options:
        -s, --server <url>        the broker's URL, several with commas (NATS_URL);
                                  default nats://127.0.0.1:4222
            --creds <file>        file with the user's credentials
            --nkey <file>         file with the user's nkey seed
            --user <name>         user name
            --password <text>     password
            --token <text>        token, instead of a user
            --tls-ca <file>       file with the certificate authority
            --tls-cert <file>     file with the client's certificate
            --tls-key <file>      file with the client's key
            --tls-first           start TLS before the server's first message
            --context <name>      a context of the nats CLI; default the selected one,
                                  unless a broker is named
            --namespace <name>    the fleet's name in subjects and streams; default
                                  steward
            --config <file>       configuration file; default steward.yaml in
                                  ~/.config/steward or /etc/steward
            --log-level <choice>  how much to log on stderr; default info (debug,
                                  info, warn, error)
            --json                one JSON document on stdout
        -h, --help                show this help
        -V, --version             show Steward's version

      \`steward help <command>\` shows the options and examples of a command.
      "
    `);
  });
  test("steward send --help", async () => {
    expect(await help("send", "--help")).toMatchInlineSnapshot(`
      "
      steward send [nodes] [subject] [data..]

      send a command or an event to nodes, and wait for the outcome

      Impact: writes; only reads with --dry-run

      Arguments:
        nodes    a name, several with commas, 'ship*', @group, all, or @- to read
                 names from standard input
        subject  what to do: exec, shell, ping, log, …
        data     the data of the message; put -- before data that begins with a dash

      Options:
            --event                  send an event, not a command; log and error are
                                     always events
            --timeout <duration>     longest time of one run, such as 5m
            --retries <number>       number of retries after a failure
            --retry-wait <duration>  wait before the first retry; doubles with each
                                     retry
            --expires <duration>     do not start it later than this after it was
                                     stored, such as 2h
            --at-most-once           never run it a second time, not even after a
                                     crash
            --reply <node.subject>   also send the output as an event, such as
                                     central.log
            --label <key=value>      only nodes with this label; may be repeated, then
                                     all must match
            --exclude <nodes>        not these nodes: names, patterns or @groups,
                                     several with commas
            --only <id>              only nodes where message ID ended in these
                                     states, such as ID:failed,expired; without
                                     states: all but succeeded
            --limit <number>         at most this many nodes, such as 10 or 10%,
                                     chosen at random
            --seed <text>            any text; the same text chooses the same nodes
                                     again
            --dry-run                print the nodes, and send nothing
        -y, --yes                    do not ask before sending to many nodes
            --wait <duration>        how long to wait for the outcome; default 30s
            --no-wait                do not wait for the outcome; print the id once
                                     the message is stored
        -f, --follow                 show the output during the run, until all nodes
                                     have ended
        -q, --quiet                  print only messages that did not succeed
            --file <file>            send the messages of a JSON or YAML file, - for
                                     standard input
            --lines <file>           send the lines of a file as log events in blocks,
                                     - for standard input
            --at <time>              send the message at this time, such as
                                     2026-12-24T18:00:00Z
            --every <duration>       send the message repeatedly, at this interval,
                                     such as 1h
            --cron <line>            send the message at the times of a cron line,
                                     such as '30 4 * * 1-5'
            --tz <zone>              the time zone of the cron line; default UTC
            --id <id>                the message's id; a node does not run the same
                                     id, type and subject twice
            --from <name>            the sender's name; default the user's
            --known-only             refuse unknown nodes

      Examples:
        steward send ship1 exec -- uname -a
            run a program on ship1 and print its output
        steward send ship1,ship2 shell 'df -h | tail -1'
            run a line of shell on two nodes
        steward send ship1,ship2 shell --follow 'apt-get -y upgrade'
            show the output during the run
        steward send 'ship*' exec --exclude ship9 -- uptime
            on all nodes whose names begin with ship, except one
        steward send all exec --label site=oslo --limit 10% --at-most-once -- reboot
            on a tenth of the nodes in Oslo
        steward send all exec --only 01KAP7Q4T0:failed -- uptime
            on the nodes where that message failed
        steward send ship1 exec --cron '30 4 * * 1-5' -- backup
            on a schedule, see \`steward schedule ls\`
        steward send central log --lines /var/log/syslog
            forward a log file
        steward send --file messages.json
            send a list of messages

      "
    `);
  });
  test("steward node --help", async () => {
    expect(await help("node", "--help")).toMatchInlineSnapshot(`
      "
      steward node <name>

      run the daemon of a node

      Impact: writes

      Arguments:
        name  the node's name

      Options:
            --data-dir <folder>       folder for log/ and inmsg.txt; default in the
                                      user's state folder
            --inbox <file>            file or folder watched for messages to send;
                                      default inmsg.txt in the data folder
            --handlers <folder>       folder of your own handlers; see
                                      docs/handlers.md
            --central <node>          node that receives the failures of this node;
                                      default central
            --label <key=value>       shown in the JSON of \`steward nodes\`; may be
                                      given again
            --timeout <duration>      longest time of a run, unless the message sets
                                      it; default 60s
            --retries <number>        retries of a failed message, unless the message
                                      sets it; default 0
            --retry-wait <duration>   wait before the first retry; it doubles with
                                      each retry; default 5s
            --kill-grace <duration>   time between SIGTERM and SIGKILL; default 5s
            --output-limit <number>   most bytes of each output stream in an ACK;
                                      default 65536
            --drain-timeout <duration>
                                      how long running messages may go on when the
                                      daemon stops; default 30s
            --daemon-ends <number>    give a message up after it ended the daemon this
                                      many times; default 3
            --presence-ttl <duration>
                                      how long a node counts as up after its last
                                      heartbeat; default 60s
            --watchdog-interval <duration>
                                      how often the daemon compares its state with the
                                      stream; default 5m

      Examples:
        steward node ship1
            run the node ship1 on this machine
        steward node ship1 --server nats://central:4222 --label site=oslo
            with the broker on another machine

      "
    `);
  });
  test("steward nodes --help", async () => {
    expect(await help("nodes", "--help")).toMatchInlineSnapshot(`
      "
      steward nodes [pattern] [name]

      list the nodes: state, queue, last outcome, held lanes; show one in detail; or
      retire one

      Impact: writes; only reads unless a node is retired

      Arguments:
        pattern  a node's name for details, or a pattern with * and ?
        name     after forget: the node to retire

      Options:
            --up                 only nodes that are up
            --down               only nodes that are down
            --label <key=value>  only nodes with this label; may be repeated, then all
                                 must match
        -w, --watch              show changes until interrupted
        -y, --yes                retire without asking
            --from <name>        name of the person who retires it; default the user's

      Examples:
        steward nodes 'ship*' --down
            the nodes that are down and whose names begin with ship
        steward nodes --label site=oslo --watch
            watch the nodes of one site
        steward nodes ship1
            its lanes, its last failures, its version and host
        steward nodes forget ship1
            retire it: cancel its queued messages, delete its state, keep its log

      "
    `);
  });
  test("steward status --help", async () => {
    expect(await help("status", "--help")).toMatchInlineSnapshot(`
      "
      steward status <id>

      show the state and the output of a message, step by step, on all its nodes

      Impact: only reads

      Arguments:
        id  the message's id

      Options:
            --node <node>  only this node; * matches any characters; may be repeated
            --output       print only the output of the last run, byte for byte

      Examples:
        steward status 01KAP7Q4T0000000000000000
            when it was sent, started, was retried and ended, and its output
        steward status 01KAP7Q4T0000000000000000 --node ship1 --output > log.txt
            save its output on ship1

      "
    `);
  });
  test("steward lanes --help", async () => {
    expect(await help("lanes", "--help")).toMatchInlineSnapshot(`
      "
      steward lanes <node> [action] [lane]

      show the lanes of a node; pause, resume or restart one

      Impact: writes; only reads without an action

      Arguments:
        node    the node
        action  pause, resume or restart a lane; drain, resume or stop the node
        lane    the lane, such as command.exec

      Options:
            --reason <text>  why the lane is paused; others can see it
            --from <name>    name of the person who asks for it; default the user's

      Examples:
        steward lanes ship1
            running and waiting messages of ship1, by lane
        steward lanes ship1 pause command.exec
            start no further message of this lane until resumed
        steward lanes ship1 restart command.exec
            stop the running message, and run it again
        steward lanes ship1 drain
            start no further message on this node until resumed

      "
    `);
  });
  test("steward cancel --help", async () => {
    expect(await help("cancel", "--help")).toMatchInlineSnapshot(`
      "
      steward cancel <id>

      cancel a message, queued or running

      Impact: writes

      Arguments:
        id  the message's id

      Options:
            --node <node>      only on this node
            --wait <duration>  how long to wait for a running message to end; default
                               30s
            --from <name>      name of the person who cancels it; default the user's

      Examples:
        steward cancel 01KAP7Q4T0000000000000000
            on all its nodes

      "
    `);
  });
  test("steward log --help", async () => {
    expect(await help("log", "--help")).toMatchInlineSnapshot(`
      "
      steward log

      show the history: one line for each ACK, oldest first

      Impact: only reads

      Options:
            --node <node>        only this node; * matches any characters; may be
                                 repeated
            --subject <subject>  only this subject, such as exec
            --type <choice>      only commands, or only events
            --id <id>            only this message, such as 'nightly_*'
            --state <choice>     only these states, such as failed,expired; ended and
                                 unsuccessful mean several (started, retrying,
                                 succeeded, failed, rejected, expired, cancelled,
                                 interrupted, ended, unsuccessful)
            --from <text>        only messages of this sender (final ACKs only)
            --since <time>       only entries since then, such as 2h or
                                 2026-01-31T12:00:00Z
            --until <time>       only entries before then
        -n, --limit <number>     only this many, the last ones
        -f, --follow             continue with new entries until interrupted
            --output             also show the output

      Examples:
        steward log --node ship1 --state failed --since 1d
            failures on ship1 in the last day
        steward log --node 'ship*' --limit 20 --follow
            the last 20 entries of these nodes, and new ones
        steward log --id 'nightly_*' --state ended
            the outcome of each firing of the schedule nightly

      "
    `);
  });
  test("steward init --help", async () => {
    expect(await help("init", "--help")).toMatchInlineSnapshot(`
      "
      steward init

      create missing streams and buckets on the broker, and report differences

      Impact: writes; only reads with --check

      Options:
            --replicas <number>    copies of each new stream, 1 to 5; default 1; use 3
                                   on a cluster
            --check                create nothing, only report missing streams and
                                   differences
            --archive <duration>   keep the ACKs in an archive for this time, such as
                                   365d
            --despite-old-daemons  move the queue of an older version although some
                                   nodes have older daemons

      Examples:
        steward init
            on a single broker
        steward init --replicas 3 --archive 365d
            on a cluster, with an archive of one year
        steward init --check
            exit code 1 if something is missing or different

      "
    `);
  });
  test("steward broker --help", async () => {
    expect(await help("broker", "--help")).toMatchInlineSnapshot(`
      "
      steward broker

      run a single broker: a nats-server with JetStream that syncs to disk

      Impact: writes

      Options:
            --port <number>       port to listen on; default 4222
            --host <address>      address to listen on; default 127.0.0.1
            --store-dir <folder>  folder of the streams; default in the user's state
                                  folder
            --nats-server <file>  the nats-server program; default: found on the PATH,
                                  or fetched
            --name <name>         the server's name

      Examples:
        steward broker
            for programs on this machine
        steward broker --host 0.0.0.0 --store-dir /srv/steward
            also for other machines, with the streams in this folder

      "
    `);
  });
  test("steward wait --help", async () => {
    expect(await help("wait", "--help")).toMatchInlineSnapshot(`
      "
      steward wait <id>

      wait for the outcome of an earlier message

      Impact: only reads

      Arguments:
        id  the message's id

      Options:
            --node <node>      only on this node
            --wait <duration>  how long to wait; default until it has ended on all
                               nodes
        -f, --follow           show the output during the run, until all nodes have
                               ended
        -q, --quiet            print only messages that did not succeed

      Examples:
        steward wait 01KAP7Q4T0000000000000000
            wait until it has ended on all nodes
        steward wait 01KAP7Q4T0000000000000000 --follow
            show the output so far and from now on
        steward wait 01KAP7Q4T0000000000000000 --wait 0s
            the state now, with the exit code of a send

      "
    `);
  });

  test("steward group --help", async () => {
    expect(await help("group", "--help")).toMatchInlineSnapshot(`
      "
      steward group <action> [group] [nodes..]

      list or change groups of nodes; write @name to send to a group

      Impact: writes; only reads with ls

      Arguments:
        action  ls, add or rm
        group   the group's name
        nodes   nodes to add or remove, also 'ship*'; rm without nodes deletes the
                group

      Examples:
        steward group add web ship1 ship2
            add two nodes to @web; create it if it does not exist
        steward group add oslo 'oslo-*'
            add the known nodes with a matching name
        steward group rm web ship2
            remove one node from @web
        steward group ls
            list all groups

      "
    `);
  });

  test("steward schedule --help", async () => {
    expect(await help("schedule", "--help")).toMatchInlineSnapshot(`
      "
      steward schedule <action> [id]

      list the schedules, or delete one

      Impact: writes; only reads with ls

      Arguments:
        action  ls or rm
        id      the schedule's id

      Options:
            --node <node>  only on this node
            --from <name>  name of the person who deletes it; default the user's

      Examples:
        steward send ship1 exec --cron '30 4 * * 1-5' --id backup -- /opt/backup
            create a schedule
        steward schedule ls
            all schedules, with their next times
        steward schedule rm backup
            delete it on all nodes

      "
    `);
  });

  test("steward replay --help", async () => {
    expect(await help("replay", "--help")).toMatchInlineSnapshot(`
      "
      steward replay <id>

      send a message of the log again, under a new id, and wait for the outcome

      Impact: writes; only reads with --dry-run

      Arguments:
        id  the id of the message, or of a firing of a schedule

      Options:
            --node <node>        only the message to this node
            --to <node>          send it to this node instead
            --only <states>      only nodes where it ended in these states, such as
                                 failed,expired
            --label <key=value>  only nodes with this label; may be repeated, then all
                                 must match
            --exclude <nodes>    not these nodes: names, patterns or @groups, several
                                 with commas
            --limit <number>     at most this many nodes, such as 10 or 10%, chosen at
                                 random
            --seed <text>        any text; the same text chooses the same nodes again
            --dry-run            print the nodes, and send nothing
        -y, --yes                do not ask before sending to many nodes
            --wait <duration>    how long to wait for the outcome; default 30s
            --no-wait            do not wait for the outcome; print the id once the
                                 message is stored
        -f, --follow             show the output during the run, until all nodes have
                                 ended
        -q, --quiet              print only messages that did not succeed
            --known-only         refuse unknown nodes

      Examples:
        steward replay 01KAP7Q4T0000000000000000
            on all its nodes
        steward replay 01KAP7Q4T0000000000000000 --only failed,expired
            on the nodes where it failed or expired
        steward replay 01KAP7Q4T0000000000000000 --node ship1 --to ship2
            the message of ship1, on ship2

      "
    `);
  });

  test("steward completion --help", async () => {
    expect(await help("completion", "--help")).toMatchInlineSnapshot(`
      "
      steward completion <shell>

      print the completion script of a shell: commands, options, names and ids of the
      live fleet

      Impact: only reads

      Arguments:
        shell  the shell: bash, zsh or fish

      Examples:
        source <(steward completion bash)
            for this shell; add the line to ~/.bashrc for all shells
        source <(steward completion zsh)
            for this shell; add the line to ~/.zshrc after compinit for all shells
        steward completion fish | source
            for this shell; add the line to ~/.config/fish/config.fish for all shells

      "
    `);
  });

  test("steward queue --help", async () => {
    expect(await help("queue", "--help")).toMatchInlineSnapshot(`
      "
      steward queue

      list the messages that wait or run, oldest first

      Impact: only reads

      Options:
            --node <node>        only this node; * matches any characters; may be
                                 repeated
            --subject <subject>  only this subject, such as exec
            --type <choice>      only commands, or only events
        -n, --limit <number>     at most this many; default 100
            --summary            only the number of messages in each node's queue

      Examples:
        steward queue --node 'ship*'
            the oldest 100 messages of these nodes
        steward queue --summary
            the length of each node's queue, longest first

      "
    `);
  });

  test("steward errors --help", async () => {
    expect(await help("errors", "--help")).toMatchInlineSnapshot(`
      "
      steward errors

      show failures, newest last, and the quarantined lanes

      Impact: only reads

      Options:
            --node <node>        only this node; * matches any characters; may be
                                 repeated
            --subject <subject>  only this subject, such as exec
            --type <choice>      only commands, or only events
            --since <time>       all failures since then, such as 2h or
                                 2026-01-31T12:00:00Z
        -n, --limit <number>     only the last N; default 20, or all with --since
        -f, --follow             continue with new entries until interrupted

      Examples:
        steward errors
            the last 20, each with the next command to type
        steward errors --node 'ship*' --since 1d
            all failures of these nodes in the last day

      "
    `);
  });

  test("steward watch --help", async () => {
    expect(await help("watch", "--help")).toMatchInlineSnapshot(`
      "
      steward watch

      show messages and ACKs as they happen, until interrupted

      Impact: only reads

      Options:
            --node <node>        only this node; * matches any characters; may be
                                 repeated
            --subject <subject>  only this subject, such as exec
            --type <choice>      only commands, or only events
            --id <id>            only this message, such as 'nightly_*'

      Examples:
        steward watch --node ship1
            messages to ship1, and its ACKs
        steward watch --id 'nightly_*' --json
            the firings of the schedule nightly, one JSON document for each step

      "
    `);
  });

  test("steward config --help", async () => {
    expect(await help("config", "--help")).toMatchInlineSnapshot(`
      "
      steward config <action> [what]

      show every setting and its source, check a file, or print the JSON Schemas

      Impact: only reads

      Arguments:
        action  what to do (show, validate, schema)
        what    validate: the file; schema: config (the default), message or ack

      Examples:
        steward config show
            every value, and the option, variable, file or context that sets it
        steward config show --context prod
            the values with this context
        steward config validate steward.yaml
            exit code 2 and one line if it has an error
        steward config schema > steward.schema.json
            the schema of the file, for an editor

      "
    `);
  });

  test("steward doctor --help", async () => {
    expect(await help("doctor", "--help")).toMatchInlineSnapshot(`
      "
      steward doctor

      check everything from this machine to the broker and its streams, and say how to
      fix problems

      Impact: only reads

      Examples:
        steward doctor
            exit code 0: no problem, 4: no usable broker, 1: another problem
        steward doctor --json | jq '.checks[] | select(.status != "ok")'
            only the problems

      "
    `);
  });

  test("every command is listed above", () => {
    const source = readFileSync(import.meta.filename, "utf8");
    expect(Object.keys(commands).filter((name) => !source.includes(`help("${name}", "--help")`))).toEqual([]);
  });
});

test.each([["-h"], ["help"]])("steward %s is the same as --help", async (word) => {
  expect((await run([word])).stdout).toEqual((await run(["--help"])).stdout);
  expect((await run(word === "help" ? ["help", "status"] : ["status", "-h"])).stdout).toEqual(
    (await run(["status", "--help"])).stdout,
  );
});

test("steward alone shows the help on stderr, and exits with an error", async () => {
  const { code, stdout, stderr } = await run([]);
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toBe((await run(["--help"])).stdout.toString());
});

test.each([["--version"], ["-V"], ["send", "--version"]])("the version: steward %s %s", async (...args) => {
  const { code, stdout } = await run(args);
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: `${manifest.version}\n` });
});

/** The help without the global options, which the overview shows. */
async function help(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const shown = `\n${stdout.toString()}`;
  if (args.length === 1) return shown;
  const [own = "", common = ""] = shown.split("Global options:\n");
  return own + (/Examples:[^]*/.exec(common)?.[0] ?? "");
}
