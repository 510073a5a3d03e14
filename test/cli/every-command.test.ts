import { mkdtemp, readFile, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commands } from "../../src/cli/commands/index.ts";
import { outputSchemas } from "../../src/cli/output-schemas.ts";
import { version } from "../../src/protocol/version.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { freePort } from "../support/nats-server.ts";
import { program } from "../support/steward.ts";
import { onTerminal } from "../support/terminal.ts";
import { until } from "../support/until.ts";
import { run } from "./support.ts";

let fleet: Fleet;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "steward-every-"));
  fleet = await startFleet(["ship1", "ship2"]);
  for (const line of [
    "send ship1,ship2 shell --id mixed --from ann -- 'echo hi; test $STEWARD_RUN_NODE = ship1'",
    "send away1 ping --id waits --from ann --no-wait",
    "send away2 ping --id waits2 --from ann --no-wait",
    "send away3 ping --id waits3 --from ann --no-wait",
    "send ship1 ping --id nightly --from ann --cron '30 4 1 1 *'",
    "send ship1 ping --id yearly --from ann --cron '30 4 1 1 *'",
    "group add fleet ship1 ship2",
  ]) {
    await shell(line);
  }
  await until(async () => (await fleet.steward(["log"])).stdout.includes("ship2 command.shell mixed failed"));
}, 60_000);
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** The results of a command in all cases that scripts must distinguish. */
interface Row {
  /** Valid lines, each with its exit code and the schema of its `--json` output. The last one may change something. */
  readonly works: readonly (readonly [line: string, code: number, schema: string])[];
  /** An invalid line: 2. */
  readonly wrong: string;
  /** A line that matches no node or message: 5. */
  readonly nobody?: string;
  /** It needs no broker. */
  readonly isLocal?: boolean;
}

const rows: Readonly<Record<string, Row>> = {
  send: {
    works: [
      ["send ship1 exec -- echo hi", 0, "send"],
      ["send ship1,ship2 shell --id mixed -- 'echo hi; test $STEWARD_RUN_NODE = ship1'", 1, "send"],
      ["send away1 ping --wait 0s", 3, "send"],
      ["send ship1 exec --follow -- echo hi", 0, "send-follow-line"],
      ["send all ping --dry-run", 0, "send-dry-run"],
      ["send ship1 ping --at 2100-01-01T00:00:00Z --id new-year", 0, "send-schedule"],
    ],
    wrong: "send ship1 ping --wait soon",
    nobody: "send 'x*' ping",
  },
  wait: {
    works: [
      ["wait mixed", 1, "wait"],
      ["wait mixed --follow --node ship2", 1, "send-follow-line"],
    ],
    wrong: "wait a.b",
    nobody: "wait nosuch",
  },
  replay: { works: [["replay mixed --node ship2", 1, "replay"]], wrong: "replay a.b", nobody: "replay nosuch" },
  cancel: {
    works: [
      ["cancel mixed --node ship2", 1, "cancel"],
      ["cancel waits2 --from ann", 0, "cancel"],
    ],
    wrong: "cancel a.b",
    nobody: "cancel nosuch",
  },
  status: { works: [["status mixed", 0, "status"]], wrong: "status a.b", nobody: "status nosuch" },
  nodes: {
    works: [
      ["nodes", 0, "nodes"],
      ["nodes ship1", 0, "nodes-page"],
      ["nodes forget away3 --yes", 0, "nodes-forget"],
    ],
    wrong: "nodes a b c",
    nobody: "nodes nosuch",
  },
  log: { works: [["log --node ship1 --state failed", 0, "log-line"]], wrong: "log --state fialed" },
  queue: {
    works: [
      ["queue --node 'away*' --limit 1", 0, "queue"],
      ["queue --summary", 0, "queue-summary"],
    ],
    wrong: "queue --limit few",
  },
  errors: { works: [["errors --node ship2 --limit 1", 0, "errors-line"]], wrong: "errors --since yesterday" },
  lanes: {
    works: [
      ["lanes ship1", 0, "lanes"],
      ["lanes ship1 pause command.shell --reason why --from ann", 0, "lanes-action"],
      ["lanes ship1", 0, "lanes"],
      ["lanes away1", 5, ""],
    ],
    wrong: "lanes ship1 puase command.shell",
    nobody: "lanes nosuch",
  },
  group: {
    works: [
      ["group ls", 0, "group-ls"],
      ["group add web ship1", 0, "group-change"],
    ],
    wrong: "group add",
    nobody: "group ls nosuch",
  },
  schedule: {
    works: [
      ["schedule ls", 0, "schedule-ls"],
      ["schedule rm yearly", 0, "schedule-rm"],
    ],
    wrong: "schedule add",
    nobody: "schedule rm nosuch",
  },
  completion: { works: [["completion bash", 0, ""]], wrong: "completion tcsh", isLocal: true },
  config: {
    works: [
      ["config show", 0, "config-show"],
      ["config schema ack", 0, ""],
    ],
    wrong: "config shaw",
    isLocal: true,
  },
  init: { works: [["init --check", 0, "init"]], wrong: "init --replicas 7" },
};

/** They run until they are ended, or report errors on stdout too. They have their own tests. */
const others = ["node", "broker", "watch", "doctor"];

test("every command is listed here", () => {
  expect([...Object.keys(rows), ...others].toSorted()).toEqual(Object.keys(commands).toSorted());
});

describe.each(Object.entries(rows))("steward %s", (_name, { works, wrong }) => {
  test.each(works.filter(([, , schema]) => schema !== ""))("--json fits its schema: %s", async (line, code, schema) => {
    const ended = await shell(asJson(line));
    expect(ended).toMatchObject({ code });
    const documents = schema.endsWith("-line") ? ended.stdout.split("\n").filter(Boolean) : [ended.stdout];
    for (const document of documents) {
      const value: unknown = JSON.parse(document);
      // The schema leaves out unknown keys.
      expect(v.parse(outputSchemas[schema]!, value)).toEqual(value);
    }
  });

  test("2: an invalid command line is reported on one line, and nothing is done", async () => {
    const { code, stdout, stderr } = await shell(wrong);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^steward: [^\n]+\n$/);
  });

  test("on a terminal stdout is the same, without anything for the eyes", async () => {
    const [line = ""] = works[0] ?? [];
    const [piped, file] = [await shell(line), join(folder, "stdout")];
    await onTerminal(`${steward} ${line} > ${file}`, { NATS_URL: fleet.server.url });
    const stdout = await readFile(file, "utf8");
    expect(plain(stdout)).toBe(plain(piped.stdout));
    expect([...Buffer.from(stdout)].filter((byte) => byte < 0x20 && byte !== 0x0a)).toEqual([]);
  });
});

describe("5: no node or message matches", () => {
  test.each(Object.values(rows).flatMap(({ nobody }) => nobody ?? []))("steward %s", async (line) => {
    const { code, stdout, stderr } = await shell(asJson(line));
    expect({ code, stdout }).toEqual({ code: 5, stdout: "" });
    expect(stderr).toMatch(/^steward: [^\n]+\n$/);
  });
});

describe.concurrent("4: no broker", () => {
  test.each(Object.entries(rows).filter(([, { isLocal }]) => isLocal !== true))(
    "steward %s",
    async (_name, { works }) => {
      const url = `nats://127.0.0.1:${await freePort()}`;
      const { code, stdout, stderr } = await shell(asJson(works[0]?.[0] ?? ""), url);
      expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
      expect(stderr).toMatch(/^steward: no broker answers at [^\n]+ \(brokerUnreachable\)\n$/);
    },
  );
});

test("the output of each command", async () => {
  let transcript = "\n";
  for (const { works } of Object.values(rows)) {
    for (const [line] of works.filter(
      ([text]) => !/ (?:pause|rm|add|bash|forget|show|schema)\b|^nodes ship1/.test(text),
    )) {
      const { code, stdout, stderr } = await shell(line);
      transcript += plain(`$ steward ${line}\n${stdout}${stderr}${code === 0 ? "" : `[${code}]\n`}`);
    }
  }
  expect(transcript).toMatchInlineSnapshot(`
    "
    $ steward send ship1 exec -- echo hi
    hi
    $ steward send ship1,ship2 shell --id mixed -- 'echo hi; test $STEWARD_RUN_NODE = ship1'
    ship2: failed: exit code 1
     hi
    ship1: succeeded
     hi
    mixed: 1 succeeded, 1 failed
    [1]
    $ steward send away1 ping --wait 0s
    steward: unknown node away1 (neverSeen); it is queued
    away1: queued
    ID is still queued; see \`steward status ID\`, or wait with \`steward wait ID\`
    [3]
    $ steward send ship1 exec --follow -- echo hi
    ship1: hi
    $ steward send all ping --dry-run
    ship1
    ship2
    2 nodes; nothing was sent
    $ steward send ship1 ping --at TIME --id new-year
    new-year
    fires next at TIME; if the node is down, a firing is dropped after 7d
    $ steward wait mixed
    ship2: failed: exit code 1
     hi
    ship1: succeeded
     hi
    mixed: 1 succeeded, 1 failed
    [1]
    $ steward wait mixed --follow --node ship2
    ship2: hi
    ship2: failed: exit code 1
    [1]
    $ steward replay mixed --node ship2
    hi
    ship2: failed: exit code 1
    [1]
    $ steward cancel mixed --node ship2
    ship2 command.shell: had already ended as failed at TIME
    [1]
    $ steward cancel waits2 --from ann
    away2 command.ping: had already been cancelled by ann at TIME, while queued
    $ steward status mixed
    TIME ship1 command.shell mixed sent by ann
    TIME ship1 command.shell mixed started
     by instance ID on HOST
    TIME ship1 command.shell mixed succeeded DURATION
     hi
    TIME ship2 command.shell mixed sent by ann
    TIME ship2 command.shell mixed started
     by instance ID on HOST
    TIME ship2 command.shell mixed failed DURATION (exitCode) exit code 1
     hi
    $ steward nodes
    NODE STATE SEEN QUEUED RUNNING LAST WHEN FAILING HELD VERSION HOST
    away1 down - 3 0 - - 0 - - -
    central down - 5 0 - - 0 - - -
    ship1 up AGO 0 0 command.exec succeeded AGO 0 paused 1 VERSION HOST
    ship2 up AGO 0 0 command.shell failed AGO 1 - VERSION HOST
    $ steward log --node ship1 --state failed
    no matching entries in the log
    $ steward queue --node 'away*' --limit 1
    STORED NODE LANE ID STATE FROM EXPIRES DATA
    AGO away1 command.ping waits waiting ann - -
    2 more: raise --limit, or count with --summary
    $ steward queue --summary
    NODE QUEUED OLDEST
    central 5 AGO
    away1 3 AGO
    8 on 2 nodes
    $ steward errors --node ship2 --limit 1
    TIME ship2 command.shell ID failed DURATION (exitCode) exit code 1; see \`steward status ID --node ship2\`
    $ steward lanes ship1
    LANE STATE WAITING RUNNING SINCE REASON
    command.shell paused 0 - AGO ann: why
    $ steward lanes ship1
    LANE STATE WAITING RUNNING SINCE REASON
    command.shell paused 0 - AGO ann: why
    $ steward lanes away1
    steward: unknown node away1; \`steward nodes\` lists the known ones (neverSeen)
    [5]
    $ steward group ls
    @fleet: ship1, ship2
    @web: ship1
    $ steward schedule ls
    ID NODE LANE RULE ZONE NEXT LAST OUTCOME
    new-year ship1 command.ping once - TIME - -
    nightly ship1 command.ping 30 4 1 1 * UTC TIME - -
    $ steward init --check
    STEWARD_SCHEDULES ok
    STEWARD_MESSAGES ok
    STEWARD_ACKS ok
    KV_STEWARD_NODES ok
    KV_STEWARD_PRESENCE ok
    KV_STEWARD_GROUPS ok
    OBJ_STEWARD_FILES ok
    "
  `);
}, 60_000);

const steward = `${process.execPath} ${program}`;

function asJson(line: string): string {
  return line.replace(/^\S+/, "$& --json");
}

/** Runs a line, split as by a shell. */
async function shell(
  line: string,
  url: string = fleet.server.url,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "");
  const { code, stdout, stderr } = await run(words, { NATS_URL: url });
  return { code, stdout: stdout.toString(), stderr };
}

/** A text without the parts that differ from run to run. */
function plain(text: string): string {
  return text
    .replaceAll(hostname(), "HOST")
    .replaceAll(version, "VERSION")
    .replaceAll(/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g, "ID")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replaceAll(/\b\d+(?:ms|s|m|h) ago/g, "AGO")
    .replaceAll(/\b\d+ms\b/g, "DURATION")
    .replaceAll(/ +/g, " ");
}
