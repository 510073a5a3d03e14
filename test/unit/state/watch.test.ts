import { expect, test } from "vitest";
import { watch } from "../../../src/state/watch.ts";
import { scriptedBroker } from "../broker/support.ts";

test("an interruption while it starts to listen ends it too", async () => {
  const { broker, subscribed } = scriptedBroker(() => new Error("nothing is asked"));
  const controller = new AbortController();
  const beginning = watch(broker, {}, controller.signal);
  controller.abort();
  const happenings: unknown[] = [];
  for await (const happening of await beginning) happenings.push(happening);
  expect({ happenings, subscribed: subscribed() }).toEqual({ happenings: [], subscribed: [] });
});
