import { JetStreamApiError } from "@nats-io/jetstream";
import { TimeoutError } from "nats";
import { expect, test, vi } from "vitest";
import { whileForming } from "../../../../src/broker/topology/while-forming.ts";

const noLeader = new JetStreamApiError({ code: 503, err_code: 10_008, description: "temporarily unavailable" });
const noPeers = new JetStreamApiError({ code: 400, err_code: 10_005, description: "no suitable peers for placement" });
const overlap = new JetStreamApiError({ code: 400, err_code: 10_065, description: "subjects overlap" });

test.each([noLeader, noPeers, new TimeoutError()])("repeats a request answered with: $message", async (answer) => {
  const request = vi.fn<() => Promise<string>>().mockRejectedValueOnce(answer).mockResolvedValueOnce("done");
  expect(await whileForming(request)).toBe("done");
});

test.each([overlap, new Error("anything else")])("gives up at once on: $message", async (answer) => {
  const request = vi.fn<() => Promise<string>>().mockRejectedValueOnce(answer).mockResolvedValueOnce("done");
  await expect(whileForming(request)).rejects.toBe(answer);
});
