import { connect, type NatsConnection } from "nats";
import { afterAll, beforeAll, expect, test } from "vitest";
import { putByHand } from "../support/broker-state.ts";
import { startServer, type TestServer } from "../support/nats-server.ts";
import { applyOldTopology, storeMessage } from "../support/old-queue.ts";
import { steward } from "../support/steward.ts";

let server: TestServer;
let nc: NatsConnection;
beforeAll(async () => {
  server = await startServer();
  nc = await connect({ servers: server.url });
  await applyOldTopology(nc);
  await storeMessage(nc, { id: "a" });
  const info = { version: "0.1.0", protocol: 1, features: ["requires"] };
  await nc.request("$KV.STEWARD_NODES.ship1.info", JSON.stringify(info));
  // The daemon was stopped in order: its presence is a marker of a deletion.
  await putByHand(nc, "$KV.STEWARD_PRESENCE.ship1", "", { "KV-Operation": "DEL" });
});
afterAll(async () => {
  await nc.close();
  await server.stop();
});

const doctor = async (check: string = "removal"): Promise<string | undefined> =>
  (await steward(server.url, ["doctor"])).stdout.split("\n").find((line) => line.includes(` ${check} `));

test("check and doctor say that the queue is of an older version", async () => {
  const { code, stderr } = await steward(server.url, ["init", "--check"]);
  expect({ code, stderr }).toMatchInlineSnapshot(`
    {
      "code": 1,
      "stderr": "STEWARD_MESSAGES is a work queue of an older version: move it with \`steward init\`
    ",
    }
  `);
  expect(await doctor()).toMatchInlineSnapshot(
    `"warning  removal      STEWARD_MESSAGES is a work queue of an older version; update Steward on ship1 (down), and start their daemons; then move it with \`steward init\`"`,
  );
  expect(await doctor("streams")).toMatchInlineSnapshot(
    `"ok       streams      all 6 others exist and have their standard settings"`,
  );
});

test("the move is refused while a node has an older daemon", async () => {
  const { code, stdout, stderr } = await steward(server.url, ["init"]);
  expect({ code, stdout, stderr }).toMatchInlineSnapshot(`
    {
      "code": 1,
      "stderr": "steward: the queue cannot be moved yet: 1 node has a daemon of an older version, which does not remove its ended messages: ship1 (down); update Steward there, and start these daemons once; or, if these nodes stay away for long, repeat with --despite-old-daemons (oldDaemons)
    ",
      "stdout": "",
    }
  `);
});

test("the move is made on demand, and reported", async () => {
  const { code, stdout, stderr } = await steward(server.url, ["init", "--despite-old-daemons"]);
  expect({ code, stdout, stderr: stderr.replace(/in [\d.]+ s/, "in N s") }).toMatchInlineSnapshot(`
    {
      "code": 0,
      "stderr": "moving STEWARD_MESSAGES, a work queue of an older version: senders wait from now on
    1 message copied out of the old queue
    1 message copied into the new queue
    the queue is moved: 1 message in N s
    ",
      "stdout": "STEWARD_SCHEDULES ok
    STEWARD_MESSAGES moved
    STEWARD_ACKS ok
    KV_STEWARD_NODES ok
    KV_STEWARD_PRESENCE ok
    KV_STEWARD_GROUPS ok
    OBJ_STEWARD_FILES ok
    ",
    }
  `);
  expect(await doctor()).toMatchInlineSnapshot(
    `"warning  removal      1 node has a daemon of an older version, which does not remove its ended messages: ship1 (down); update Steward there; until then, their ended messages stay in the queue"`,
  );
  expect(await steward(server.url, ["init", "--check"])).toMatchObject({ code: 0, stderr: "" });
});
