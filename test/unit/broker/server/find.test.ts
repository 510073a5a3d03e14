import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findServer } from "../../../../src/broker/server/find.ts";
import { cachedServer, shippedPins } from "../../../../src/broker/server/pins.ts";

let home: string;
let said: string[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "steward-find-"));
  said = [];
});

afterEach(() => rmSync(home, { recursive: true }));

test("takes the first on PATH that is new enough, and names those that it skips", async () => {
  const old = program("old/nats-server", "nats-server: v2.10.29");
  const broken = program("broken/nats-server", "hello");
  const good = program("good/nats-server", "nats-server: v2.14.0");
  const later = program("later/nats-server", "nats-server: v2.15.2");

  expect(await find({ PATH: folders(old, broken, good, later) })).toEqual({ path: good, version: "2.14.0" });
  expect(said).toEqual([
    `${old} is nats-server 2.10.29; Steward needs 2.14.0 or newer; looking for another`,
    `${broken} is not a nats-server that runs here: it prints no version; looking for another`,
  ]);
});

test("goes on from an old one on PATH to the cache", async () => {
  const old = program("old/nats-server", "nats-server: v2.13.0");
  const cached = program(cachedServer("cache/steward", shippedPins.module.version), "nats-server: v2.15.2");
  expect(await find({ PATH: folders(old) })).toEqual({ path: cached, version: "2.15.2" });
  expect(said).toHaveLength(1);
});

test("uses the one that the user named, not the one on PATH; the option wins over the environment", async () => {
  const named = program("named/server", "nats-server: v2.15.0");
  const option = program("option/server", "nats-server: v2.15.1");
  const env = { PATH: folders(program("bin/nats-server", "nats-server: v2.15.2")), STEWARD_NATS_SERVER: named };
  expect(await find(env)).toEqual({ path: named, version: "2.15.0" });
  expect(await find(env, option)).toEqual({ path: option, version: "2.15.1" });
});

test("refuses a named one that is too old or missing, without looking further", async () => {
  const PATH = folders(program("bin/nats-server", "nats-server: v2.15.2"));
  const old = program("old/server", "nats-server: v2.11.0");
  await expect(find({ PATH }, old)).rejects.toMatchObject({ code: "serverTooOld" });
  await expect(find({ PATH }, join(home, "none"))).rejects.toMatchObject({ code: "serverNotFound" });
  expect(said).toEqual([]);
});

test("names the choices when nothing is found and nothing can be fetched", async () => {
  await expect(find({ PATH: home })).rejects.toMatchObject({
    code: "serverNotFound",
    message: expect.stringMatching(/docker compose up.*docker run.*package manager and name it$/) as string,
  });
  expect(said.join("\n")).toMatch(/fetched with pip: .*\n.*\n.*fetched with go: /);
});

function find(env: NodeJS.ProcessEnv, path?: string): ReturnType<typeof findServer> {
  return findServer({ path, env: { XDG_CACHE_HOME: join(home, "cache"), ...env }, say: (line) => said.push(line) });
}

function folders(...programs: string[]): string {
  return programs.map((path) => dirname(path)).join(":");
}

/** A program that prints `version` whatever it is asked. */
function program(name: string, version: string): string {
  const path = join(home, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "${version}"\n`, { mode: 0o755 });
  return path;
}
