import { expect, test } from "vitest";
import { endAfterTest, runScript } from "../support.ts";

test("stdout and stderr are captured apart", async () => {
  const { stdout, stderr } = await runScript("echo out; echo err >&2");
  expect([stdout.bytes.toString(), stderr.bytes.toString()]).toEqual(["out\n", "err\n"]);
});

test("bytes that are not text arrive unchanged", async () => {
  const { stdout } = await runScript(String.raw`printf '\000\377\200\r\n'`);
  expect([...stdout.bytes]).toEqual([0, 255, 128, 13, 10]);
});

test("output right before a program's end is complete", async () => {
  const { stdout } = await runScript("head -c 3000000 /dev/zero; printf end", { outputLimit: 4_000_000 });
  expect(stdout).toMatchObject({ total: 3_000_003, omitted: 0 });
  expect(stdout.bytes.subarray(-3).toString()).toBe("end");
});

test("the limit is for each stream by itself", async () => {
  const { stdout, stderr } = await runScript("echo 0123456789; echo abc >&2", { outputLimit: 6 });
  expect(stdout).toEqual({ bytes: Buffer.from("01289\n"), total: 11, omitted: 5, headLength: 3 });
  expect(stderr).toEqual({ bytes: Buffer.from("abc\n"), total: 4, omitted: 0, headLength: 4 });
});

test("the chunks seen live are the whole stream, each with its offset, beyond the limit too", async () => {
  const seen = { stdout: Buffer.alloc(300_000), stderr: Buffer.alloc(4) };
  let bytesSeen = 0;
  await runScript("echo err >&2; seq 1 60000 | head -c 300000", {
    outputLimit: 10,
    onChunk: (stream, offset, bytes) => {
      bytesSeen += bytes.copy(seen[stream], offset);
    },
  });
  expect(bytesSeen).toBe(300_004);
  expect(seen.stderr.toString()).toBe("err\n");
  const numbers = Array.from({ length: 60_000 }, (_, index) => `${index + 1}\n`).join("");
  expect(seen.stdout.equals(Buffer.from(numbers.slice(0, 300_000)))).toBe(true);
});

test.each([
  ["sh", ["sh", "-c", "echo out > /dev/stdout; echo err > /dev/stderr"]],
  ["bash", ["bash", "-c", "echo out > /dev/stdout; echo err > /dev/stderr"]],
  ["tee", ["sh", "-c", "echo err | tee /dev/stderr | sed s/err/out/ > /dev/stdout"]],
  [
    "dd",
    ["sh", "-c", "printf 'out\\n' | dd of=/dev/stdout status=none; printf 'err\\n' | dd of=/dev/stderr status=none"],
  ],
] satisfies [string, [string, ...string[]]][])(
  "/dev/stdout and /dev/stderr can be opened, by %s",
  async (_name, argv) => {
    const { exitCode, stdout, stderr } = await runScript("", { argv });
    expect([exitCode, stdout.bytes.toString(), stderr.bytes.toString()]).toEqual([0, "out\n", "err\n"]);
  },
);

test("processes left by a run cannot write into another run's output, under any name", async () => {
  const orphan = "setsid sh -c 'while :; do echo orphan > /dev/stdout || echo orphan; sleep 0.01; done' & echo $! >&2";
  const first = await runScript(orphan);
  const pid = Number(first.stderr.bytes.toString());
  endAfterTest(pid);
  const { stdout } = await runScript("sleep 0.3; echo own");
  expect(stdout.bytes.toString()).toBe("own\n");
});
