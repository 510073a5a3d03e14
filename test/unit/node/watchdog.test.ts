import { expect, test } from "vitest";
import { missesMessages } from "../../../src/node/watchdog.ts";
import { answerOf, refusal, scriptedBroker } from "../broker/support.ts";

const a = "steward.ship1.command.ping.a";
const b = "steward.ship1.event.log.b";

/** Whether a daemon misses something that holds `held`, where the consumer counts so many and the stream shows so. */
async function misses(
  held: readonly string[],
  counted: { readonly pending?: number; readonly unacknowledged?: number },
  stream: readonly (readonly string[])[],
) {
  let looks = 0;
  const { broker, asked } = scriptedBroker(({ subject, body }) => {
    if (subject.includes(".CONSUMER.INFO.")) {
      return answerOf({ num_pending: counted.pending ?? 0, num_ack_pending: counted.unacknowledged ?? 0 });
    }
    const { subjects_filter: filter } = JSON.parse(body) as { readonly subjects_filter: string };
    const shown = stream[Math.min(Math.floor(looks++ / 2), stream.length - 1)]!;
    const found = shown.filter((each) => filter.includes(".command.") === each.includes(".command."));
    return answerOf({ total: found.length, state: { subjects: Object.fromEntries(found.map((each) => [each, 1])) } });
  });
  const missed = await missesMessages(broker, "ship1", held.length, () => new Set(held), new AbortController().signal);
  return { missed, asked: asked.length };
}

test.each([{ pending: 1 }, { unacknowledged: 1 }])(
  "where the consumer counts what the daemon holds (%j), no look is taken",
  async (counted) => {
    expect(await misses([a], counted, [[a, b]])).toEqual({ missed: false, asked: 1 });
  },
);

test("where it counts more, and the stream holds nothing else, nothing is missed", async () => {
  expect((await misses([a], { unacknowledged: 99 }, [[a]])).missed).toBe(false);
});

test("where it counts less, what the daemon holds may be gone from the stream", async () => {
  expect((await misses([a, b], {}, [[a]])).missed).toBe(false);
});

test.each([
  [
    "is still missing at a second look",
    [
      [a, b],
      [a, b],
    ],
    true,
  ],
  ["has gone until a second look", [[a, b], [a]], false],
  ["has made room for another that is on its way", [[b], [a]], false],
])("a message that %s", async (_what, stream, missed) => {
  const held = missed || stream[0]!.length === 2 ? [a] : [];
  expect((await misses(held, { unacknowledged: 7 }, stream)).missed).toBe(missed);
});

test("a consumer that is not there misses all", async () => {
  const { broker } = scriptedBroker(() => refusal(10_014, "consumer not found", 404));
  expect(await missesMessages(broker, "ship1", 0, () => new Set(), new AbortController().signal)).toBe(true);
});
