import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { connect, type ConnectOptions } from "../../../src/client.ts";
import { startFleet, type Fleet } from "../../support/fleet.ts";

const nobody = "nats://127.0.0.1:1";

let fleet: Fleet;
let home: string;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
});
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "steward-home-"));
  vi.stubEnv("XDG_CONFIG_HOME", home);
  for (const name of Object.keys(process.env)) if (/^(STEWARD|NATS)_/.test(name)) vi.stubEnv(name, undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

/** Who the client is, once it has reached the fleet. */
async function reached(options?: ConnectOptions): Promise<string> {
  await using steward = await connect({ wait: "1s", ...options });
  await steward.nodes();
  return steward.from;
}

async function config(text: string): Promise<void> {
  await mkdir(join(home, "steward"));
  await writeFile(join(home, "steward", "steward.yaml"), text);
}

async function context(name: string, url: string): Promise<void> {
  await mkdir(join(home, "nats", "context"), { recursive: true });
  await writeFile(join(home, "nats", "context", `${name}.json`), JSON.stringify({ url }));
}

test("without servers it is found by the variable of the nats CLI, and ours goes before", async () => {
  vi.stubEnv("NATS_URL", fleet.server.url);
  vi.stubEnv("STEWARD_FROM", "variable");
  expect(await reached()).toBe("variable");
  vi.stubEnv("NATS_URL", nobody);
  vi.stubEnv("STEWARD_SERVER", fleet.server.url);
  expect(await reached({ from: "program" })).toBe("program");
});

test("by the configuration file", async () => {
  await config(`{ server: "${fleet.server.url}", from: file }`);
  expect(await reached()).toBe("file");
});

test("by a context that is named, or selected", async () => {
  await context("here", fleet.server.url);
  await reached({ context: "here" });
  await writeFile(join(home, "nats", "context.txt"), "here");
  await reached();
  await expect(reached({ context: "there" })).rejects.toMatchObject({ code: "badSettings" });
});

test("with servers, nothing of all that is read", async () => {
  await config(`{ server: "${nobody}", namespace: other, from: file, token: secret, tlsCa: /nowhere }`);
  await context("there", nobody);
  await writeFile(join(home, "nats", "context.txt"), "there");
  vi.stubEnv("NATS_URL", nobody);
  vi.stubEnv("STEWARD_NAMESPACE", "variable");
  vi.stubEnv("STEWARD_FROM", "variable");
  vi.stubEnv("STEWARD_CONFIG", "/nowhere");
  expect(["file", "variable"]).not.toContain(await reached({ servers: [fleet.server.url] }));
});

test("errors are worded for programs", async () => {
  const fault = async (options: ConnectOptions): Promise<unknown> => reached(options).catch((error: unknown) => error);
  const cases = [
    [{ servers: nobody }, "brokerUnreachable"],
    [{ servers: "http://x" }, "badSettings"],
    [{ servers: fleet.server.url, namespace: "Prod" }, "usage"],
    [{ servers: fleet.server.url, from: "a b" }, "usage"],
    [{ servers: fleet.server.url, creds: join(home, "none.creds") }, "fileUnreadable"],
    [{ servers: fleet.server.url, namespace: "empty" }, "streamsMissing"],
  ] as const;
  for (const [options, code] of cases) {
    const error = await fault(options);
    expect(error).toMatchObject({ name: "StewardError", code });
    expect(String(error)).not.toMatch(/--\w/);
  }
});

test("an abort ends the trying, with its reason", async () => {
  const reason = new Error("no time");
  const control = new AbortController();
  setTimeout(() => control.abort(reason), 100);
  await expect(connect({ servers: nobody, wait: "10s", signal: control.signal })).rejects.toBe(reason);
  await expect(connect({ servers: nobody, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
