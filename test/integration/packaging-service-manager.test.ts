import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { startFleet } from "../support/fleet.ts";
import { until } from "../support/until.ts";

/** What systemd has at the other end: a datagram socket; each line of each datagram is printed. */
const serviceManager = `
import socket, sys
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(sys.argv[1])
print("listening", flush=True)
while True: print(notify.recv(4096).decode(), flush=True)
`;

test("a daemon reports to its service manager when it is ready and when it stops, and its process id", async (context) => {
  for (const program of ["systemd-notify", "python3"]) {
    context.skip(spawnSync(program, ["--version"]).status !== 0, `${program} is not here`);
  }
  const home = mkdtempSync(join(tmpdir(), "steward-notify-"));
  const socket = join(home, "notify");
  const manager = spawn("python3", ["-c", serviceManager, socket], { stdio: ["ignore", "pipe", "inherit"] });
  const reported: string[] = [];
  createInterface(manager.stdout).on("line", (line) => reported.push(line));
  try {
    await until(() => reported.includes("listening"));
    process.env["NOTIFY_SOCKET"] = socket;
    await using fleet = await startFleet(["ship1"]);
    const ship1 = fleet.nodes["ship1"]!;
    await until(() => reported.includes("READY=1"));
    expect(reported).toContain(`MAINPID=${ship1.pid}`);
    expect(reported).not.toContain("STOPPING=1");

    await ship1.kill("SIGTERM");
    await until(() => reported.includes("STOPPING=1"));
  } finally {
    delete process.env["NOTIFY_SOCKET"];
    manager.kill();
    rmSync(home, { recursive: true });
  }
});
