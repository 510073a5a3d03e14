import { expect, onTestFinished, test, vi } from "vitest";
import type { ChannelEvents, LiveChunk } from "../../../src/broker/control/live-output.ts";
import { Blocks, KeptOutput } from "../../../src/node/kept-output.ts";
import { LivePublisher, type PublishedRun } from "../../../src/node/live-publisher.ts";
import { gate, type Gate } from "./support.ts";

const kib = 1024;
const address = { node: "ship1", messageType: "command", subject: "exec", id: "a" } as const;

/** A publisher whose channel does as the test says; its timers are the test's. */
function publishing({ listens = true } = {}) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const published: LiveChunk[] = [];
  const channel = { listens, isUp: true, taken: true as boolean, slow: undefined as Gate | undefined };
  let events: ChannelEvents | undefined;
  const unheard = new Set<number>();
  const publisher = new LivePublisher((given) => {
    events = given;
    return {
      get isUp() {
        return channel.isUp;
      },
      largest: 1024 * kib,
      publish: (chunk, run) => {
        published.push(chunk);
        if (!channel.listens) unheard.add(run);
      },
      flushed: async () => {
        await channel.slow?.promise;
        for (const run of unheard) events?.unheard(run);
        unheard.clear();
        return channel.taken;
      },
    };
  });
  const begin = (): PublishedRun => publisher.run(address, 1, new KeptOutput(1024 * kib, new Blocks(16)));
  const write = (run: PublishedRun, text: string): void => {
    run.output.add("stdout", Buffer.from(text));
    publisher.wrote(run);
  };
  const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
  const texts = (): string[] => published.filter(({ bytes }) => bytes.length > 0).map(({ bytes }) => bytes.toString());
  return { publisher, channel, published, begin, write, pass, texts, back: () => events?.back() };
}

test("small pieces are gathered, and go out with their place", async () => {
  const { begin, write, pass, texts, published } = publishing();
  const run = begin();
  write(run, "one ");
  write(run, "two ");
  await pass(100);
  write(run, "three");
  await pass(100);
  expect(texts()).toEqual(["one two ", "three"]);
  expect(published.at(-1)).toMatchObject({ address, attempt: 1, stream: "stdout", offset: 8 });
});

test("a run that ends at once publishes nothing", async () => {
  const { publisher, begin, write, pass, published } = publishing();
  const run = begin();
  write(run, "hi\n");
  publisher.ended(run);
  publisher.forget(run);
  await pass(100);
  expect(published).toEqual([]);
});

test("without a listener, one empty chunk a second checks for one", async () => {
  const { begin, write, pass, published } = publishing({ listens: false });
  const run = begin();
  for (let times = 0; times < 300; times++) {
    write(run, "y\n".repeat(kib));
    await pass(10);
  }
  expect(published.map(({ bytes }) => bytes.length)).toEqual([0, 0, 0]);
});

test("a reader that asks is published to from there on, at once", async () => {
  const { publisher, channel, begin, write, pass, texts, published } = publishing({ listens: false });
  const run = begin();
  write(run, "one ");
  await pass(100);
  channel.listens = true;
  publisher.asked(run, "stdout", 4);
  write(run, "two ");
  await pass(100);
  expect(texts()).toEqual(["two "]);
  expect(published.at(-1)?.offset).toBe(4);
});

test("no more is on the way than the broker has taken, and then the rest follows in order", async () => {
  const { channel, begin, write, pass, texts } = publishing();
  const run = begin();
  write(run, "-");
  await pass(100);
  const slow = gate();
  channel.slow = slow;
  const flood = Array.from({ length: 50_000 }, (_, index) => `${index}\n`).join("");
  write(run, flood);
  await pass(1000);
  const length = (): number => texts().join("").length;
  expect(length()).toBeGreaterThan(32 * kib);
  expect(length()).toBeLessThanOrEqual(96 * kib);
  slow.open();
  await pass(1000);
  expect(texts().join("")).toBe(`-${flood}`);
});

test("output that is no longer kept is skipped: then the latest is published", async () => {
  const { channel, begin, write, pass, texts, published } = publishing();
  const run = begin();
  write(run, "-");
  await pass(100);
  const slow = gate();
  channel.slow = slow;
  write(run, "first");
  await pass(100);
  write(run, "x".repeat(3 * 1024 * kib));
  slow.open();
  await pass(1000);
  expect(published.at(-1)!.offset + published.at(-1)!.bytes.length).toBe(run.output.totals.stdout);
  expect(texts().join("").length).toBeLessThan(2 * 1024 * kib);
});

test("while the connection is away nothing is published; unconfirmed chunks are sent again", async () => {
  const { channel, begin, write, pass, texts, back } = publishing();
  const run = begin();
  write(run, "one ");
  await pass(100);
  channel.taken = false;
  channel.slow = gate();
  write(run, "two ");
  await pass(100);
  channel.isUp = false;
  channel.slow.open();
  write(run, "three ");
  await pass(1000);
  expect(texts()).toEqual(["one ", "two "]);
  Object.assign(channel, { isUp: true, taken: true, slow: undefined });
  back();
  await pass(100);
  expect(texts()).toEqual(["one ", "two ", "two three "]);
});

test("runs take turns: a flood does not hold up another one's line", async () => {
  const { channel, begin, write, pass, published } = publishing();
  const [flood, other] = [begin(), begin()];
  write(flood, "-");
  write(other, "-");
  await pass(100);
  const slow = gate();
  channel.slow = slow;
  write(flood, "x".repeat(500 * kib));
  await pass(100);
  write(other, "line\n");
  channel.slow = undefined;
  slow.open();
  await pass(1000);
  const at = published.findIndex(({ bytes }) => bytes.toString() === "line\n");
  expect(at).toBeGreaterThan(0);
  expect(published.length - at).toBeGreaterThan(8);
});
