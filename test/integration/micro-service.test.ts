import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { version } from "../../src/protocol/version.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";

const natsIsThere = spawnSync("nats", ["--version"]).status === 0;

describe.skipIf(!natsIsThere)("live control with the nats CLI alone (needs it on PATH)", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(["ship1", "ship2"]);
  });
  afterAll(() => fleet[Symbol.asyncDispose]());

  const nats = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await promisify(execFile)("nats", ["--server", fleet.server.url, ...args]);
    return stdout + stderr;
  };

  interface Service {
    readonly name: string;
    readonly id: string;
    readonly version: string;
    readonly metadata: Readonly<Record<string, string>>;
    readonly endpoints?: readonly { readonly name: string; readonly subject: string; readonly num_requests?: number }[];
  }

  const services = async (): Promise<Service[]> => JSON.parse(await nats("micro", "ls", "--json")) as Service[];

  test("nats micro ls: every node, with its daemon's instance", async () => {
    const found = (await services()).toSorted((a, b) => a.metadata["node"]!.localeCompare(b.metadata["node"]!));
    expect(found).toMatchObject(
      ["ship1", "ship2"].map((node) => ({ name: "steward-node", version, metadata: { node, namespace: "steward" } })),
    );
    const { stdout } = await fleet.steward(["nodes", "ship1", "--json"]);
    const { presence } = JSON.parse(stdout) as { presence: { instance: string; host: string } };
    expect(found[0]).toMatchObject({
      id: presence.instance,
      metadata: { instance: presence.instance, host: presence.host },
    });
  });

  test("nats micro info: one endpoint a verb, on the node's own subjects", async () => {
    const [ship1] = (await services()).filter(({ metadata }) => metadata["node"] === "ship1");
    const shown = await nats("micro", "info", "steward-node", ship1!.id);
    const verbs = ["status", "lanes", "pause", "resume", "restart", "cancel", "output", "drain", "stop"];
    expect(shown.match(/steward\.ship1\.control\.\w+/g)).toEqual(verbs.map((verb) => `steward.ship1.control.${verb}`));
    expect(shown).toContain("node: ship1");
  });

  test("nats request asks a node, and nats micro stats counts it", async () => {
    const shown = await nats("request", "steward.ship1.control.status", "", "--raw");
    expect(JSON.parse(/^\{.*\}$/m.exec(shown)?.[0] ?? "")).toMatchObject({ draining: false, resyncs: { start: 1 } });
    const refused = await nats("request", "steward.ship1.control.pause", '{"lane":"exec"}');
    expect(refused).toContain("Nats-Service-Error-Code: 400");
    expect(refused).toContain('Nats-Service-Error: "exec" is not a lane; write it as command.exec or event.log');
    const [ship1] = (await services()).filter(({ metadata }) => metadata["node"] === "ship1");
    const rows = (await nats("micro", "stats", "steward-node", ship1!.id))
      .split("\n")
      .map((row) => row.split(/\s*│\s*/));
    const countsOf = (verb: string): string[] => rows.find((row) => row[2] === verb)?.slice(3, 6) ?? [];
    // The page of the node above has asked as well.
    expect(countsOf("status")).toEqual(["2", "", "0"]);
    expect(countsOf("pause")).toEqual(["1", "", "1"]);
    expect(countsOf("stop")).toEqual(["0", "", "0"]);
  });
});
