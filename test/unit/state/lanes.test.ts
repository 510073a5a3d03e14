import { expect, test } from "vitest";
import { readLanes } from "../../../src/state/lanes.ts";
import { answerOf, scriptedBroker } from "../broker/support.ts";

const lane = (name: string): object => ({ name, waiting: 1, running: [] });

test("a daemon that always sends the same page is not asked without end", async () => {
  const { broker, asked } = scriptedBroker(({ subject }) => {
    if (subject.endsWith(".status")) return answerOf({ draining: false });
    return answerOf({ lanes: [lane("command.exec"), lane("event.log")], more: asked.length < 50 ? 1 : 0 });
  });
  const { lanes } = await readLanes(broker, "ship1");
  expect(asked.map(({ body }) => body)).toEqual(['{"after":""}', '{"after":"event.log"}', "{}"]);
  expect(lanes.map(({ name }) => name)).toEqual(["command.exec", "event.log"]);
});

test("pages are read until there are no more", async () => {
  const pages: Record<string, object> = {
    "": { lanes: [lane("command.exec")], more: 1 },
    "command.exec": { lanes: [lane("event.log")], more: 0 },
  };
  const { broker } = scriptedBroker(({ subject, body }) => {
    if (subject.endsWith(".status")) return answerOf({ draining: false });
    return answerOf(pages[(JSON.parse(body) as { after: string }).after] ?? {});
  });
  const { lanes } = await readLanes(broker, "ship1");
  expect(lanes.map(({ name }) => name)).toEqual(["command.exec", "event.log"]);
});
