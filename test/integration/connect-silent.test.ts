import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { steward } from "../support/steward.ts";

test("a command ends soon though the broker's host never answers its connect", async () => {
  await using host = await silentHost();
  const begun = Date.now();
  const { code, stderr } = await steward(`nats://127.0.0.1:${host.port}`, ["nodes"]);
  expect({ code, stderr }).toEqual({
    code: 4,
    stderr: expect.stringMatching(/^steward: no broker answers .*\n$/) as string,
  });
  // The kernel itself would go on trying to connect for two minutes.
  expect(Date.now() - begun).toBeLessThan(25_000);
});

/** A stopped process with a full queue of connections: the kernel drops what else comes, as behind a broken link. */
async function silentHost(): Promise<{ port: number } & AsyncDisposable> {
  const script = `require("net").createServer().listen({port:0,host:"127.0.0.1",backlog:1}, function () { console.log(this.address().port) })`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [bytes] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(bytes.toString());
  child.kill("SIGSTOP");
  const queued: Socket[] = [];
  for (let count = 0; count < 4; count++) queued.push(connect({ port, host: "127.0.0.1" }).on("error", () => {}));
  await once(queued[0] as Socket, "connect");
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of queued) socket.destroy();
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
