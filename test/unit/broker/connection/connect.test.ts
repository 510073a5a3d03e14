import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { openBroker } from "../../../../src/broker/connection/connect.ts";

test("a broker that hangs up before TLS has begun is tried again, and does not count as a refused login", async () => {
  const greeting = JSON.stringify({ server_id: "a", version: "2.15.0", max_payload: 1024, tls_required: true });
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write(`INFO ${greeting}\r\n`);
    setTimeout(() => socket.destroy(), 20);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const onFailure = vi.fn<(error: Error) => void>();
  const settings = { servers: `tls://127.0.0.1:${port}`, namespace: "steward" };
  const opening = openBroker(settings, { name: "test", waitMs: 800, onFailure });
  await expect(opening).rejects.toMatchObject({ code: "brokerUnreachable" });
  expect(onFailure).toHaveBeenCalled();
});
