import { appendFile, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { finalsById, readAcks, untilAnswered } from "../support/broker-state.ts";
import type { Message } from "../../src/protocol/message.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

// S17, S18: what is written into `inmsg.txt` beside a real daemon is sent, and erased once the broker has it.

interface QueueJson {
  readonly messages: readonly { readonly message: Message }[];
}

let fleet: Fleet;
beforeEach(async () => {
  fleet = await startFleet(["ship1", "ship2", "central"]);
});
afterEach(async () => fleet[Symbol.asyncDispose]());

const toShip1 =
  '[{"toNode":"ship1","data":["bash","-c","ls -l ../"],"commandOrEvent":"command","method":"shellCommand"}]';
const toBothPretty = `[
    {
        "toNode": "ship1",
        "data": ["bash","-c","ls -l ../"],
        "commandOrEvent":"command",
        "method":"shellCommand"
    },
    {
        "toNode": "ship2",
        "data": ["bash","-c","ls -l ../"],
        "commandOrEvent":"command",
        "method":"shellCommand"
    }
]
`;
const toCentral =
  '[{"toNode":"central","data":["some message sent from a ship for testing\\n"],"commandOrEvent":"event","method":"textLogging"}]';

test("the three pastes of the original program work unchanged, in one go", async () => {
  const { inbox, dataDir } = ship1();
  await writeFile(inbox, toShip1);
  await appendFile(inbox, toBothPretty);
  await appendFile(inbox, toCentral);

  await until(async () => (await finals()).length === 4);
  const ended = await finals();
  expect(ended.map(({ node, messageType, subject, state }) => ({ node, messageType, subject, state }))).toEqual(
    expect.arrayContaining([
      { node: "ship1", messageType: "command", subject: "shellCommand", state: "succeeded" },
      { node: "ship2", messageType: "command", subject: "shellCommand", state: "succeeded" },
      { node: "central", messageType: "event", subject: "log", state: "succeeded" },
    ]),
  );
  expect(ended.find(({ node }) => node === "ship2")?.output?.stdout).toMatch(/^total /);
  const logged = await readFile(join(fleet.nodes["central"]?.dataDir ?? "", "log/ship1.log"), "utf8");
  expect(logged).toBe("some message sent from a ship for testing\n");
  await until(async () => (await taken(dataDir)).length === 0);
  expect(await readFile(inbox, "utf8")).toBe("");
});

test("bad parts go to the rejected file with their reason; the good ones of the same paste are sent", async () => {
  const { inbox, dataDir } = ship1();
  await writeFile(
    inbox,
    `[{"toNode":"ship.1","data":[],"commandOrEvent":"event","method":"textLogging"}]\n[{"nod\n${toCentral}\n`,
  );

  await until(async () => (await finals()).length === 1);
  const rejected = join(dataDir, "inmsg.rejected.txt");
  await until(async () => (await taken(dataDir)).length === 0);
  const text = await readFile(rejected, "utf8");
  expect(text).toContain('the node name "ship.1" may hold only A-Z a-z 0-9 _ - and at most 64 of them; try "ship-1"');
  expect(text).toContain('[{"nod');
  expect((await finals()).map(({ node }) => node)).toEqual(["central"]);
});

test("an at-most-once message expires before the journal forgets it, as from the command line", async () => {
  const { inbox, dataDir } = ship1();
  const once = { node: "away", subject: "ping", delivery: "atMostOnce" };
  await writeFile(inbox, JSON.stringify([once, { ...once, expires: "30d" }, { ...once, expires: "1h" }]));
  const expiries = async (): Promise<unknown> => {
    const { messages } = JSON.parse((await fleet.steward(["queue", "--json"])).stdout) as QueueJson;
    return messages.map(({ message }) => message.expires);
  };
  await until(async () => JSON.stringify(await expiries()) === '["167h","1h"]');
  await until(async () => (await taken(dataDir)).length === 0);
  expect(await readFile(join(dataDir, "inmsg.rejected.txt"), "utf8")).toContain("must expire within 167h");
});

test("a paste made while the broker is away is kept, and sent once it is back", async () => {
  const { inbox, dataDir } = ship1();
  await fleet.server.kill();
  await writeFile(inbox, toCentral);
  await until(async () => (await taken(dataDir)).length === 1);
  await fleet.server.restart();

  // Deleted once the broker has stored it; only then is the test's own connection surely back as well.
  await until(async () => (await taken(dataDir)).length === 0, 20_000);
  await until(async () => (await finals().catch(() => [])).length === 1, 20_000);
});

test("a daemon that is killed in between sends each message of a paste once, with the same ids", async () => {
  const { inbox, node, dataDir } = ship1();
  const list = Array.from({ length: 200 }, (_, index) => ({
    toNode: "ship2",
    data: ["sh", "-c", `echo ${index} >> ${join(dataDir, "ran.txt")}`],
    commandOrEvent: "command",
    method: "shellCommand",
  }));
  await writeFile(inbox, JSON.stringify(list));
  // Killed while the paste is under way: sent, in part or in full, and not yet deleted.
  await until(async () => (await taken(dataDir)).length === 1 && (await finals()).length > 0);
  await node.restart();

  await until(async () => (await taken(dataDir)).length === 0);
  await untilAnswered(fleet.nc);
  const byId = finalsById(await readAcks(fleet.nc));
  expect(byId.size).toBe(200);
  expect([...byId.values()].filter((acks) => acks.length !== 1)).toEqual([]);
  const ran = (await readFile(join(dataDir, "ran.txt"), "utf8")).trim().split("\n");
  expect(ran).toEqual(list.map((_message, index) => String(index)));
});

test("two equal pastes are two sends", async () => {
  const { inbox } = ship1();
  await appendFile(inbox, toCentral);
  await until(async () => (await stat(inbox)).size === 0);
  await appendFile(inbox, toCentral);
  await until(async () => (await finals()).length === 2);
});

function ship1(): { inbox: string; dataDir: string; node: NonNullable<Fleet["nodes"][string]> } {
  const node = fleet.nodes["ship1"];
  if (node === undefined) throw new Error("ship1 was not started");
  return { node, dataDir: node.dataDir, inbox: join(node.dataDir, "inmsg.txt") };
}

async function finals() {
  return [...finalsById(await readAcks(fleet.nc)).values()].flat();
}

/** The pastes that are taken and not yet done with. */
async function taken(dataDir: string): Promise<string[]> {
  return readdir(join(dataDir, "inmsg.taking"));
}
