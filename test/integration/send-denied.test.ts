import { connect } from "nats";
import { expect, test } from "vitest";
import { applyTopology } from "../../src/broker/topology/apply.ts";
import { startServer } from "../support/nats-server.ts";
import { steward } from "../support/steward.ts";

const extraConfig = `
  authorization { users: [
    { user: guest, password: guest },
    { user: reader, password: reader, permissions: { publish: { deny: "steward.ship1.command.>" } } }
  ] }
  no_auth_user: guest
`;

test("4: a send that the credentials do not permit is refused at once, and names the missing right", async () => {
  await using server = await startServer({ extraConfig });
  const nc = await connect({ servers: server.url });
  await applyTopology(nc, { namespace: "steward" });
  await nc.close();
  for (const nodes of ["ship1", "ship1,ship2", "ship2,ship1"]) {
    const begun = performance.now();
    const args = ["send", nodes, "ping", "--id", "denied", "--user", "reader", "--password", "reader"];
    const { code, stdout, stderr } = await steward(server.url, args);
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toMatch(
      /^steward: the broker refused to store a message: .*Permissions Violation.*\(notStored\)\n$/is,
    );
    expect(performance.now() - begun).toBeLessThan(5000);
  }
});
