import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { putByHand, readAcks, untilAnswered } from "../support/broker-state.ts";
import { startFleet, type Fleet } from "../support/fleet.ts";
import { program } from "../support/steward.ts";
import { onTerminal } from "../support/terminal.ts";

let fleet: Fleet;
let folder: string;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "central"]);
  folder = await mkdtemp(join(tmpdir(), "steward-bytes-"));
});
afterAll(async () => {
  await fleet[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe("F5: an argument that is not UTF-8 is refused, with its name, and nothing is sent", () => {
  test.each([
    [String.raw`send ship1 exec -- rm -v $'caf\xe9.txt'`, /argument 7, "caf\uFFFD\.txt", is not UTF-8/],
    [String.raw`send ship1 shell $'a\x80'`, /argument 4, "a\uFFFD", is not UTF-8/],
    [String.raw`send ship1 ping --reply $'\xff'`, /the value of --reply is not UTF-8/],
    [String.raw`nodes --password=$'secret\xff'`, /the value of --password is not UTF-8/],
    [String.raw`nodes --json --password=$'secret\xff'`, /the value of --password is not UTF-8/],
    [String.raw`nodes -s $'nats://u:secret\xff@h'`, /the value of -s is not UTF-8/],
    [String.raw`node n --inbox $'/tmp/\xff'`, /the value of --inbox is not UTF-8/],
    [String.raw`send --file $'\xed\xa0\x80'`, /the value of --file is not UTF-8/],
    [String.raw`$'\xff'`, /argument 1, "\uFFFD", is not UTF-8/],
  ])("%s", async (line, said) => {
    const { code, stdout, stderr } = await bash(`exec ${steward} ${line}`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(said);
    expect(stderr).not.toContain("secret");
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  test("the same for a variable; but U+FFFD itself is an ordinary character", async () => {
    const variable = await bash(String.raw`STEWARD_FROM=$'a\xff' exec ${steward} send ship1 ping`);
    expect(variable).toMatchObject({ code: 2, stderr: expect.stringContaining("STEWARD_FROM is not UTF-8") as string });
    const { code, stdout } = await bash(`exec ${steward} send ship1 exec -- printf '%s\uFFFD' 'ü☃' ''`);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "ü☃\uFFFD\uFFFD" });
  });

  test("the same for a configuration", async () => {
    const file = join(folder, "steward.yaml");
    await writeFile(file, Buffer.from("from: gr\xfcn\n", "latin1"));
    const { code, stderr } = await bash(`exec ${steward} config validate ${file}`);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `steward: ${file}: not valid UTF-8; save the file as UTF-8 (notJson)\n`,
    });
  });
});

describe("F5: the lines of a file arrive unchanged, byte by byte", () => {
  const odd: readonly (readonly [string, Buffer])[] = [
    ["latin1", Buffer.from("gr\xfcn\nrot\n", "latin1")],
    ["zero-bytes", Buffer.from("a\0b\n\0\n")],
    ["carriage-returns", Buffer.from("10%\r20%\r\nlone\r")],
    [
      "mixed",
      Buffer.concat([Buffer.from("é\n".repeat(40_000)), Buffer.from([0xff, 0x0a]), Buffer.from("☃\n".repeat(9000))]),
    ],
    ["byte-order-mark", Buffer.from("\uFEFFa\n")],
    ["no-lines", Buffer.alloc(300_000, 0xfc)],
  ];
  test.each(odd)("%s", async (from, bytes) => {
    const file = join(folder, from);
    await writeFile(file, bytes);
    expect(await fleet.steward(["send", "central", "--lines", file, "--from", from])).toMatchObject({ code: 0 });
    const arrived = await readFile(join(fleet.nodes["central"]!.dataDir, "log", `${from}.log`));
    const whole = bytes.at(-1) === 0x0a ? bytes : Buffer.concat([bytes, Buffer.from("\n")]);
    // A line that is too long for a message arrives in pieces, each as a line.
    if (from === "no-lines") expect(Buffer.from(arrived.filter((byte) => byte !== 0x0a)).equals(bytes)).toBe(true);
    else expect(arrived.equals(whole)).toBe(true);
  });

  test("bytes for a handler that expects texts are rejected, not taken for the text", async () => {
    const message = { id: "b1", node: "ship1", messageType: "command", subject: "exec", data: ["ZWNobw=="], from: "x" };
    const sent = { ...message, createdAt: new Date().toISOString(), encoding: "base64", requires: ["encoding"] };
    await putByHand(fleet.nc, "steward.ship1.command.exec.b1", JSON.stringify(sent));
    await untilAnswered(fleet.nc, 10_000);
    expect(await readAcks(fleet.nc, "b1")).toMatchObject([{ state: "rejected", error: { code: "badData" } }]);
  });
});

test("B9: in a pipe a program's output is unchanged, and on a terminal it is only text", async () => {
  const line = String.raw`send ship1 exec -- printf '\033[2Ja\tb\r\n\377'`;
  const { stdout } = await bash(`${steward} ${line} | od -An -c | tr -d ' \n'`);
  expect(stdout).toBe(String.raw`033[2Ja\tb\r\n377`);
  const { shown } = await onTerminal(`${steward} ${line}`, { NATS_URL: fleet.server.url });
  expect(shown).toContain("\uFFFD[2Ja");
  expect(shown).not.toContain("\u001B");
});

const steward = `${process.execPath} ${program}`;

async function bash(line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, NATS_URL: fleet.server.url };
  return await new Promise((resolve) => {
    execFile("bash", ["-c", line], { env }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    }).stdin?.end();
  });
}
