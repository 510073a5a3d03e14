import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { streamNames } from "../../../../src/broker/connection/stream-names.ts";
import { shippedStreams } from "../../../../src/broker/topology/shipped-streams.ts";

const aYear = 365 * 86_400_000;

test("every file in streams/ is shipped, the archive only when it is asked for", () => {
  const files = readdirSync(new URL("../../../../streams", import.meta.url)).filter((name) => name.endsWith(".json"));
  expect(shippedStreams("steward", aYear)).toHaveLength(files.length);
  expect(shippedStreams("steward")).toHaveLength(files.length - 1);
});

test("a stream comes after the streams it sources", () => {
  const seen = new Set<unknown>();
  for (const { name, sources } of shippedStreams("steward", aYear)) {
    for (const source of (sources as { name: string }[] | undefined) ?? []) expect(seen).toContain(source.name);
    seen.add(name);
  }
});

test.each(["steward", "fleet-a"])("the streams bear the names of the namespace %s", (namespace) => {
  const names = streamNames(namespace);
  expect(new Set(shippedStreams(namespace, aYear).map((stream) => stream.name))).toEqual(
    new Set([
      names.messages,
      names.acks,
      names.schedules,
      names.archive,
      `KV_${names.nodesBucket}`,
      `KV_${names.presenceBucket}`,
      `KV_${names.groupsBucket}`,
      `OBJ_${names.filesBucket}`,
    ]),
  );
});

test("nothing of the default namespace is left in another one", () => {
  const streams = shippedStreams("fleet-a").map(({ description: _text, ...stream }) => stream);
  expect(JSON.stringify(streams)).not.toMatch(/steward/i);
  expect(streams[2]).toMatchObject({ name: "FLEET-A_ACKS", subjects: ["fleet-a.*.ack.*.*.*"] });
});

test("the archive keeps its ACKS for as long as was asked, in nanoseconds", () => {
  expect(shippedStreams("steward", 1000).at(-1)).toMatchObject({ name: "STEWARD_ARCHIVE", max_age: 1_000_000_000 });
});
