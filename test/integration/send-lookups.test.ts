import { connect } from "nats";
import { expect, it } from "vitest";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { newId } from "../../src/protocol/ids.ts";
import { toMessages } from "../../src/send/outgoing.ts";
import { send } from "../../src/send/send.ts";
import { startServer } from "../support/nats-server.ts";
import { until } from "../support/until.ts";

it("looks a node up once for each connection, and again after it was lost", async () => {
  await using server = await startServer();
  await using broker = await openBroker({ servers: server.url, namespace: "steward" }, { name: "test", waitMs: 5000 });
  await applyTopology(broker.nc, { namespace: "steward" });
  const observer = await connect({ servers: server.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 });
  let lookups = 0;
  const callback = (): void => void lookups++;
  observer.subscribe("$JS.API.CONSUMER.>", { callback });
  observer.subscribe("$JS.API.DIRECT.GET.KV_STEWARD_NODES.>", { callback });
  await observer.flush();
  const reported: string[] = [];
  const sendOne = async (options: { readonly knownOnly?: boolean } = {}): Promise<void> => {
    const draft = { nodes: ["ship1"], messageType: "command", subject: "ping", data: [] } as const;
    await send(broker, toMessages(draft, { from: "test", id: newId() }), {
      ...options,
      onNeverSeen: (names) => reported.push(...names),
    });
    await observer.flush();
  };

  await sendOne();
  await sendOne();
  expect({ lookups, reported }).toEqual({ lookups: 1, reported: ["ship1"] });

  // Refusing what was never seen needs a look all the same.
  await expect(sendOne({ knownOnly: true })).rejects.toMatchObject({ code: "neverSeen" });

  let isBack = false;
  broker.onConnection({ back: () => void (isBack = true) });
  await server.restart();
  const watches = (): Promise<boolean> =>
    observer.flush().then(
      () => true,
      () => false,
    );
  await until(async () => isBack && (await watches()));
  lookups = 0;
  await sendOne();
  expect(lookups).toBe(1);
  await observer.close();
});
