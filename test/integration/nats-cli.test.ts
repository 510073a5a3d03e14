import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

const natsIsThere = spawnSync("nats", ["--version"]).status === 0;
const terminalIsThere = natsIsThere && spawnSync("script", ["--version"]).status === 0;
const id = "by-hand";

describe.skipIf(!natsIsThere)(
  "C7: everything that happened can be seen with the nats CLI alone (needs it on PATH)",
  () => {
    let fleet: Fleet;
    beforeAll(async () => {
      fleet = await startFleet(["ship1", "central"]);
      await fleet.steward(["send", "ship1", "exec", "--id", id, "--", "sh", "-c", "echo out; echo err >&2; exit 3"]);
      await fleet.steward(["send", "away", "ping", "--no-wait"]);
    });
    afterAll(() => fleet[Symbol.asyncDispose]());

    const natsArguments = (args: readonly string[]): string[] => ["--server", fleet.server.url, ...args];
    const nats = async (...args: string[]): Promise<string> =>
      (await promisify(execFile)("nats", natsArguments(args))).stdout;

    const final = {
      id,
      node: "ship1",
      messageType: "command",
      subject: "exec",
      state: "failed",
      attempt: 1,
      exitCode: 3,
      output: { stdout: "out\n", stderr: "err\n" },
      error: { code: "exitCode", message: "exit code 3" },
      message: { id, node: "ship1", data: ["sh", "-c", "echo out; echo err >&2; exit 3"] },
    };

    test("nats kv get: the latest ACK of a lane, with the real output", async () => {
      const shown = await nats("kv", "get", "STEWARD_NODES", "ship1.command.exec", "--raw");
      expect(JSON.parse(shown)).toMatchObject(final);
    });

    test("nats kv watch: each lane's ACK as it changes", async () => {
      const watch = spawn("nats", natsArguments(["kv", "watch", "STEWARD_NODES", "ship1.>"]));
      const lines: string[] = [];
      createInterface(watch.stdout).on("line", (line) => lines.push(line));
      const ackOf = (key: string, state: string): object | undefined => {
        const line = lines.find((text) => text.includes(`PUT STEWARD_NODES > ${key}: `) && text.includes(`"${state}"`));
        return line === undefined ? undefined : (JSON.parse(line.slice(line.indexOf("{"))) as object);
      };
      await until(() => ackOf("ship1.command.exec", "failed") !== undefined);
      expect(ackOf("ship1.command.exec", "failed")).toMatchObject(final);
      await fleet.steward(["send", "ship1", "ping", "--id", "watched"]);
      await until(() => ackOf("ship1.command.ping", "succeeded") !== undefined);
      expect(ackOf("ship1.command.ping", "started")).toMatchObject({ id: "watched", attempt: 1 });
      expect(ackOf("ship1.command.ping", "succeeded")).toMatchObject({ id: "watched", output: { stdout: "pong\n" } });
      watch.kill();
      await once(watch, "exit");
    });

    const subject = `steward.ship1.ack.command.exec.${id}`;

    test("nats stream get: the last word on a message", async () => {
      const shown = await nats("stream", "get", "STEWARD_ACKS", "--last-for", subject);
      expect(shown).toContain(`on Subject ${subject}`);
      expect(JSON.parse(/^\{.*\}$/m.exec(shown)?.[0] ?? "")).toMatchObject(final);
    });

    test.skipIf(!terminalIsThere)(
      "nats stream view: each step of a message (needs a terminal, which `script` makes)",
      async () => {
        const command = `nats --server ${fleet.server.url} stream view STEWARD_ACKS 25 --subject ${subject}`;
        const { stdout } = await promisify(execFile)("script", ["-qec", command, "/dev/null"]);
        expect(stdout.match(/Subject: \S+/g)).toEqual([`Subject: ${subject}`, `Subject: ${subject}`]);
        const [started, ended] = (stdout.match(/^\{.*\}/gm) ?? []).map((text) => JSON.parse(text) as object);
        expect(started).toMatchObject({ id, state: "started", attempt: 1, instance: expect.any(String) as unknown });
        expect(ended).toMatchObject(final);
      },
    );

    test("nats consumer report: each node that has run, and its waiting messages", async () => {
      const rows = (await nats("consumer", "report", "STEWARD_MESSAGES"))
        .split("\n")
        .map((row) => row.split(/\s*│\s*/));
      const head = rows.find((row) => row.includes("Consumer"));
      const unprocessed = head?.indexOf("Unprocessed") ?? 0;
      const waiting = rows.filter((row) => row.includes("Pull")).map((row) => [row[1], row[unprocessed]]);
      expect(waiting).toEqual([
        ["central", "0"],
        ["ship1", "0"],
      ]);
    });

    test("nats stream subjects: the waiting messages, with their ids", async () => {
      expect(await nats("stream", "subjects", "STEWARD_MESSAGES", "--names")).toMatch(
        /^steward\.away\.command\.ping\.\w{26}\s*$/,
      );
    });
  },
);
