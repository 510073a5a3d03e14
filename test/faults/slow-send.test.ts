import { connect } from "nats";
import { expect, it } from "vitest";
import { openBroker } from "../../src/broker/connection/connect.ts";
import { getPage } from "../../src/broker/read/page.ts";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { Queue } from "../../src/broker/write/queue.ts";
import { aMessage } from "../support/broker-state.ts";
import { startLink } from "../support/link.ts";
import { startServer } from "../support/nats-server.ts";

it("a large send is stored, whole and in order, over a link that takes longer than the broker waits", async () => {
  await using server = await startServer();
  const nc = await connect({ servers: server.url });
  await applyTopology(nc, { namespace: "steward", replicas: 1 });
  await using link = await startLink([server.url]);
  await using broker = await openBroker({ servers: link.url, namespace: "steward" }, { name: "sender", waitMs: 5000 });
  // Five batches, and 15 s: both a batch and the wait for its commit are forgotten after 10.
  const messages = Array.from({ length: 4500 }, (_, number) => aMessage({ id: `m${number}`, data: ["x".repeat(400)] }));
  link.slow({ latencyMs: 20, bytesPerSecond: 250_000 });
  await new Queue(broker).put(messages);
  link.heal();
  const ids: string[] = [];
  for (let [from, more] = [1, 1]; more > 0;) {
    const page = await getPage(broker, "STEWARD_MESSAGES", { filter: ">", from, most: 1000 });
    ids.push(...page.messages.map(({ subject }) => subject.slice(subject.lastIndexOf(".") + 1)));
    from = page.messages.at(-1)!.sequence + 1;
    ({ more } = page);
  }
  expect(ids).toEqual(messages.map(({ id }) => id));
  await nc.close();
}, 60_000);
