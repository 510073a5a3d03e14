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
        send        send a command or an event to nodes, and wait for what becomes of
                    it
        wait        wait for a message that was sent before, and print what became of
                    it

      Look:
        nodes       show the nodes: up or down, last seen, what waits, how it ended,
                    held lanes; or one of them; or retire one
        status      show what became of a message, step by step, on every node it was
                    sent to
        queue       show what waits or runs, oldest first
        log         show the history of ACKs, oldest first; one line or JSON line each
        errors      show what went wrong, newest last, and the lanes that are
                    quarantined now
        watch       show messages and ACKs as they happen, until interrupted

      Act:
        lanes       show the lanes of a node, or pause, resume and restart them
        cancel      take a message back, whether it is queued or runs
        schedule    show the messages that are sent on a schedule, or remove one
        replay      send a message again as the log holds it, under a new id, and wait
                    for what becomes of it

      Run:
        node        run the daemon of a node
        broker      run a single broker: a nats-server with JetStream, durable by
                    default

      Set up:
        group       show groups of nodes, or change who is in them; @name in \`steward
                    send\` means a group
        init        create the streams and buckets that are missing on the broker, and
                    tell which differ
        config      show every setting and where it came from, check a file, print the
                    JSON Schemas
        doctor      check everything from this machine to the broker and its streams,
                    and say how to mend what is wrong
        completion  print what makes a shell complete commands, options, and the names
                    and ids of the living fleet

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
            --config <file>       configuration; default steward.yaml in
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

      send a command or an event to nodes, and wait for what becomes of it

      Impact: writes; only reads with --dry-run

      Arguments:
        nodes    a name, several with commas between, 'ship*', @group, all, or @- for
                 standard input
        subject  what to do: exec, shell, ping, log, …
        data     its data; after -- it is taken as it stands

      Options:
            --event                  send an event; log and error are events anyway
            --timeout <duration>     how long one run may last, such as 5m
            --retries <number>       how many further runs a failure may have
            --retry-wait <duration>  wait before the first of them; it doubles with
                                     each
            --expires <duration>     do not start it later than this after it was
                                     stored
            --at-most-once           never run it again after a crash in the middle of
                                     a run
            --reply <node.subject>   send the result as an event too: node.subject
            --label <key=value>      only nodes with this label; may be given again,
                                     then all must fit
            --exclude <nodes>        not these: names, patterns or @groups, several
                                     with commas
            --only <id>              only where an earlier message ended so:
                                     ID:failed,expired; ID alone: not well
            --limit <number>         at most so many of them, such as 10 or 10%, drawn
                                     at random
            --seed <text>            draw the same ones again: any text
            --dry-run                print whom it would reach, and send nothing
        -y, --yes                    do not ask before many nodes
            --wait <duration>        how long to wait for the outcome; default 30s
            --no-wait                end as soon as the broker has stored it, and
                                     print the id
        -f, --follow                 show what they print while they run, until all
                                     have ended
        -q, --quiet                  print nothing but what did not succeed
            --file <file>            send the messages of a JSON or YAML file, - for
                                     standard input
            --lines <file>           send the lines of a file as log events in blocks,
                                     - for standard input
            --at <time>              send it at this time, such as
                                     2026-12-24T18:00:00Z
            --every <duration>       send it again and again after this time, such as
                                     1h
            --cron <line>            send it at the times of a cron line, such as '30
                                     4 * * 1-5'
            --tz <zone>              the time zone of the cron line; default UTC
            --id <id>                the message's id; one sent before is not run
                                     twice
            --from <name>            the sender's name; default the user's
            --known-only             refuse node names that were never seen

      Examples:
        steward send ship1 exec -- uname -a
            run a program on ship1 and print its output
        steward send ship1,ship2 shell 'df -h | tail -1'
            run a script line on two nodes
        steward send ship1,ship2 shell --follow 'apt-get -y upgrade'
            show their output while they run
        steward send 'ship*' exec --exclude ship9 -- uptime
            on all whose names begin with ship, but for one
        steward send all exec --label site=oslo --limit 10% --at-most-once -- reboot
            on a tenth of the nodes in Oslo
        steward send all exec --only 01KAP7Q4T0:failed -- uptime
            where that message failed
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
            --daemon-ends <number>    how often a message may end the daemon before it
                                      is given up; default 3
            --presence-ttl <duration>
                                      how long a node counts as up after its last
                                      heartbeat; default 60s
            --watchdog-interval <duration>
                                      how often the daemon compares its state with the
                                      stream; default 60s

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

      show the nodes: up or down, last seen, what waits, how it ended, held lanes; or
      one of them; or retire one

      Impact: writes; only reads unless a node is forgotten

      Arguments:
        pattern  a node's name for all about it, or a pattern with * and ?
        name     after forget: the node to retire

      Options:
            --up                 only nodes that are up
            --down               only nodes that are down
            --label <key=value>  only nodes with this label; may be given again, then
                                 all must fit
        -w, --watch              go on showing what changes, until interrupted
        -y, --yes                forget without asking
            --from <name>        who forgets it, and cancels what is queued; default
                                 the user's name

      Examples:
        steward nodes 'ship*' --down
            those that are down, of the nodes whose names begin with ship
        steward nodes --label site=oslo --watch
            follow the nodes at one site
        steward nodes ship1
            its lanes, its last failures, and what it is
        steward nodes forget ship1
            cancel what waits for it, and remove all but its log

      "
    `);
  });
  test("steward status --help", async () => {
    expect(await help("status", "--help")).toMatchInlineSnapshot(`
      "
      steward status <id>

      show what became of a message, step by step, on every node it was sent to

      Impact: only reads

      Arguments:
        id  the message's id

      Options:
            --node <node>  only this node; * stands for any characters; may be
                           repeated
            --output       print only what the last run on a node wrote, as it wrote
                           it

      Examples:
        steward status 01KAP7Q4T0000000000000000
            when it was sent, began, was tried again and ended, and what it wrote
        steward status 01KAP7Q4T0000000000000000 --node ship1 --output > log.txt
            what it wrote on ship1

      "
    `);
  });
  test("steward lanes --help", async () => {
    expect(await help("lanes", "--help")).toMatchInlineSnapshot(`
      "
      steward lanes <node> [action] [lane]

      show the lanes of a node, or pause, resume and restart them

      Impact: writes; only reads without an action

      Arguments:
        node    the node
        action  pause, resume or restart a lane; drain, resume or stop the node
        lane    the lane, such as command.exec

      Options:
            --reason <text>  why the lane is paused, for others to see
            --from <name>    who asks for it; default the user's name

      Examples:
        steward lanes ship1
            what runs and what waits on ship1
        steward lanes ship1 pause command.exec
            begin none of these messages until resumed
        steward lanes ship1 restart command.exec
            end what runs there, and run it again
        steward lanes ship1 drain
            begin no further message at all until resumed

      "
    `);
  });
  test("steward cancel --help", async () => {
    expect(await help("cancel", "--help")).toMatchInlineSnapshot(`
      "
      steward cancel <id>

      take a message back, whether it is queued or runs

      Impact: writes

      Arguments:
        id  the message's id

      Options:
            --node <node>      only on this node
            --wait <duration>  how long what runs may take to end; default 30s
            --from <name>      who cancels it; default the user's name

      Examples:
        steward cancel 01KAP7Q4T0000000000000000
            on every node that it was sent to

      "
    `);
  });
  test("steward log --help", async () => {
    expect(await help("log", "--help")).toMatchInlineSnapshot(`
      "
      steward log

      show the history of ACKs, oldest first; one line or JSON line each

      Impact: only reads

      Options:
            --node <node>        only this node; * stands for any characters; may be
                                 repeated
            --subject <subject>  only this subject, such as exec
            --type <choice>      only commands, or only events
            --id <id>            only this message, such as 'nightly_*'
            --state <choice>     only these states, such as failed,expired; or all
                                 that ended, or the unsuccessful (started, retrying,
                                 succeeded, failed, rejected, expired, cancelled,
                                 interrupted, ended, unsuccessful)
            --from <text>        only what this sender sent, as final ACKs tell it
            --since <time>       only what is not older than this, such as 2h or
                                 2026-01-31T12:00:00Z
            --until <time>       only what is older than this
        -n, --limit <number>     only the last so many
        -f, --follow             go on with what happens, until interrupted
            --output             show what was written, too

      Examples:
        steward log --node ship1 --state failed --since 1d
            what failed on ship1 since yesterday
        steward log --node 'ship*' --limit 20 --follow
            the last 20 on these nodes, and what comes
        steward log --id 'nightly_*' --state ended
            how each firing of the schedule nightly ended

      "
    `);
  });
  test("steward init --help", async () => {
    expect(await help("init", "--help")).toMatchInlineSnapshot(`
      "
      steward init

      create the streams and buckets that are missing on the broker, and tell which
      differ

      Impact: writes; only reads with --check

      Options:
            --replicas <number>   copies of each stream that is created: 1 (the
                                  default) to 5, 3 on a cluster
            --check               create nothing, only tell what is missing or differs
            --archive <duration>  also keep the ACKs for this long, such as 365d, in
                                  an archive

      Examples:
        steward init
            on a single broker
        steward init --replicas 3 --archive 365d
            on a cluster, with an archive of one year
        steward init --check
            exit 1 when something is missing or differs

      "
    `);
  });
  test("steward broker --help", async () => {
    expect(await help("broker", "--help")).toMatchInlineSnapshot(`
      "
      steward broker

      run a single broker: a nats-server with JetStream, durable by default

      Impact: writes

      Options:
            --port <number>       port to listen on; default 4222
            --host <address>      address to listen on; default 127.0.0.1
            --store-dir <folder>  folder that keeps the streams; default in the user's
                                  state folder
            --nats-server <file>  the nats-server to run; default one that is found or
                                  fetched
            --name <name>         the server's name

      Examples:
        steward broker
            for this machine alone
        steward broker --host 0.0.0.0 --store-dir /srv/steward
            for other machines too, in a folder of your own

      "
    `);
  });
  test("steward wait --help", async () => {
    expect(await help("wait", "--help")).toMatchInlineSnapshot(`
      "
      steward wait <id>

      wait for a message that was sent before, and print what became of it

      Impact: only reads

      Arguments:
        id  the message's id

      Options:
            --node <node>      only on this node
            --wait <duration>  how long at most; default until it has ended everywhere
        -f, --follow           show what they print while they run, until all have
                               ended
        -q, --quiet            print nothing but what did not succeed

      Examples:
        steward wait 01KAP7Q4T0000000000000000
            as if \`steward send\` had gone on waiting
        steward wait 01KAP7Q4T0000000000000000 --follow
            with what it has printed so far, and prints from now on
        steward wait 01KAP7Q4T0000000000000000 --wait 0s
            how it stands now, with the exit code of a send

      "
    `);
  });

  test("steward group --help", async () => {
    expect(await help("group", "--help")).toMatchInlineSnapshot(`
      "
      steward group <action> [group] [nodes..]

      show groups of nodes, or change who is in them; @name in \`steward send\` means a
      group

      Impact: writes; only reads with ls

      Arguments:
        action  ls, add or rm
        group   the group's name
        nodes   nodes to add or take out, also 'ship*'; rm without any removes the
                group

      Examples:
        steward group add web ship1 ship2
            @web means these two from now on
        steward group add oslo 'oslo-*'
            the nodes of that name that are known now
        steward group rm web ship2
            take one out
        steward group ls
            all groups

      "
    `);
  });

  test("steward schedule --help", async () => {
    expect(await help("schedule", "--help")).toMatchInlineSnapshot(`
      "
      steward schedule <action> [id]

      show the messages that are sent on a schedule, or remove one

      Impact: writes; only reads with ls

      Arguments:
        action  ls or rm
        id      the schedule's id

      Options:
            --node <node>  only on this node
            --from <name>  who removes it; default the user's name

      Examples:
        steward send ship1 exec --cron '30 4 * * 1-5' --id backup -- /opt/backup
            make one
        steward schedule ls
            what is sent on a schedule, and when next
        steward schedule rm backup
            end it, on all nodes

      "
    `);
  });

  test("steward replay --help", async () => {
    expect(await help("replay", "--help")).toMatchInlineSnapshot(`
      "
      steward replay <id>

      send a message again as the log holds it, under a new id, and wait for what
      becomes of it

      Impact: writes; only reads with --dry-run

      Arguments:
        id  the id of the message, or of one firing of a schedule

      Options:
            --node <node>        only what went to this node
            --to <node>          send it to this node instead
            --only <states>      only where it ended so, such as failed,expired
            --label <key=value>  only nodes with this label; may be given again, then
                                 all must fit
            --exclude <nodes>    not these: names, patterns or @groups, several with
                                 commas
            --limit <number>     at most so many of them, such as 10 or 10%, drawn at
                                 random
            --seed <text>        draw the same ones again: any text
            --dry-run            print whom it would reach, and send nothing
        -y, --yes                do not ask before many nodes
            --wait <duration>    how long to wait for the outcome; default 30s
            --no-wait            end as soon as the broker has stored it, and print
                                 the id
        -f, --follow             show what they print while they run, until all have
                                 ended
        -q, --quiet              print nothing but what did not succeed
            --known-only         refuse node names that were never seen

      Examples:
        steward replay 01KAP7Q4T0000000000000000
            on every node that it was sent to
        steward replay 01KAP7Q4T0000000000000000 --only failed,expired
            where it did not succeed
        steward replay 01KAP7Q4T0000000000000000 --node ship1 --to ship2
            what ship1 got, on ship2

      "
    `);
  });

  test("steward completion --help", async () => {
    expect(await help("completion", "--help")).toMatchInlineSnapshot(`
      "
      steward completion <shell>

      print what makes a shell complete commands, options, and the names and ids of
      the living fleet

      Impact: only reads

      Arguments:
        shell  the shell: bash, zsh or fish

      Examples:
        source <(steward completion bash)
            for this bash; as a line of ~/.bashrc, for all
        source <(steward completion zsh)
            for this zsh; as a line of ~/.zshrc behind compinit, for all
        steward completion fish | source
            for this fish; as a line of ~/.config/fish/config.fish, for all

      "
    `);
  });

  test("steward queue --help", async () => {
    expect(await help("queue", "--help")).toMatchInlineSnapshot(`
      "
      steward queue

      show what waits or runs, oldest first

      Impact: only reads

      Options:
            --node <node>        only this node; * stands for any characters; may be
                                 repeated
            --subject <subject>  only this subject, such as exec
            --type <choice>      only commands, or only events
        -n, --limit <number>     how many at most; default 100
            --summary            only how much waits or runs on each node

      Examples:
        steward queue --node 'ship*'
            the oldest 100 messages that these nodes have not answered for
        steward queue --summary
            the length of each node's queue, the longest first

      "
    `);
  });

  test("steward errors --help", async () => {
    expect(await help("errors", "--help")).toMatchInlineSnapshot(`
      "
      steward errors

      show what went wrong, newest last, and the lanes that are quarantined now

      Impact: only reads

      Options:
            --node <node>        only this node; * stands for any characters; may be
                                 repeated
            --subject <subject>  only this subject, such as exec
            --type <choice>      only commands, or only events
            --since <time>       all that is not older than this, such as 2h or
                                 2026-01-31T12:00:00Z
        -n, --limit <number>     only the last so many; default 20, without --since
        -f, --follow             go on with what happens, until interrupted

      Examples:
        steward errors
            the last 20, each with what to look at next
        steward errors --node 'ship*' --since 1d
            all that went wrong on these nodes since yesterday

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
            --node <node>        only this node; * stands for any characters; may be
                                 repeated
            --subject <subject>  only this subject, such as exec
            --type <choice>      only commands, or only events
            --id <id>            only this message, such as 'nightly_*'

      Examples:
        steward watch --node ship1
            what goes to ship1 and comes back from it
        steward watch --id 'nightly_*' --json
            the firings of the schedule nightly, a JSON line for each step

      "
    `);
  });

  test("steward config --help", async () => {
    expect(await help("config", "--help")).toMatchInlineSnapshot(`
      "
      steward config <action> [what]

      show every setting and where it came from, check a file, print the JSON Schemas

      Impact: only reads

      Arguments:
        action  what to do (show, validate, schema)
        what    validate: the file; schema: config (the default), message or ack

      Examples:
        steward config show
            what holds, from which flag, variable, file or context
        steward config show --context prod
            what would hold with a context
        steward config validate steward.yaml
            exit 2 and one line when something is wrong in it
        steward config schema > steward.schema.json
            for an editor

      "
    `);
  });

  test("steward doctor --help", async () => {
    expect(await help("doctor", "--help")).toMatchInlineSnapshot(`
      "
      steward doctor

      check everything from this machine to the broker and its streams, and say how to
      mend what is wrong

      Impact: only reads

      Examples:
        steward doctor
            exit 0: all is well, 4: no broker to work with, 1: something else is wrong
        steward doctor --json | jq '.checks[] | select(.status != "ok")'
            only what is not well

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

/** Everything above the options that all commands have, which the top's help shows. */
async function help(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const shown = `\n${stdout.toString()}`;
  if (args.length === 1) return shown;
  const [own = "", common = ""] = shown.split("Global options:\n");
  return own + (/Examples:[^]*/.exec(common)?.[0] ?? "");
}
