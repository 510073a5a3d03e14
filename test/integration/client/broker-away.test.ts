import { afterEach, beforeEach, expect, test } from "vitest";
import { connect, type Steward } from "../../../src/client.ts";
import { startFleet, type Fleet } from "../../support/fleet.ts";
import { startLink, type Link } from "../../support/link.ts";

let fleet: Fleet;
let link: Link;
let steward: Steward;
beforeEach(async () => {
  fleet = await startFleet(["ship1"]);
  link = await startLink([fleet.server.url]);
  steward = await connect({ servers: link.url });
});
afterEach(async () => {
  link.heal();
  await steward.close();
  await link[Symbol.asyncDispose]();
  await fleet[Symbol.asyncDispose]();
});

test("the state of a message is unknown without the broker, and a short wait stays short", async () => {
  const sent = await steward.send({ nodes: "ship1", subject: "exec", data: ["true"] });
  await sent.done({ wait: "30s" });
  expect(await sent.status()).toMatchObject({ ok: true, standings: [{ standing: "final" }] });
  link.cut();
  const begun = performance.now();
  expect(await sent.done({ wait: "1s" })).toMatchObject({ ok: false, pending: ["ship1"] });
  // The wait, and two looks at the end.
  expect(performance.now() - begun).toBeLessThan(6500);
  await expect(sent.status()).rejects.toMatchObject({ code: "brokerUnreachable" });
}, 30_000);

test.each([1, 25])(
  "of %i messages that are stored without an answer, none is reported as not stored",
  async (count) => {
    await steward.run({ nodes: "ship1", subject: "ping" }, { wait: "30s" });
    const drafts = Array.from({ length: count }, () => ({ nodes: "ship1", subject: "exec", data: ["true"] }));
    const prepared = await steward.prepare(drafts);
    link.cut("down");
    await expect(steward.sendAll(prepared, { wait: "1s" })).rejects.toMatchObject({ code: "unconfirmed" });
    link.heal();
    await using other = await connect({ servers: fleet.server.url });
    for (const { id } of prepared.messages) {
      const sent = await other.attach(id);
      expect(await sent.done({ wait: "30s" })).toMatchObject({ ok: true });
    }
  },
  60_000,
);
