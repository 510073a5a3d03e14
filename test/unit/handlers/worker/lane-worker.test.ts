import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RunContext } from "../../../../src/handlers/define.ts";
import { LaneWorker } from "../../../../src/handlers/worker/lane-worker.ts";
import type { CallEnd, WorkerEvents } from "../../../../src/handlers/worker/worker-process.ts";
import { messageWith } from "../../node/support.ts";

/** What stands for the process ends each call as it was told beforehand. */
const fake = vi.hoisted(() => ({ made: [] as { kill: ReturnType<typeof vi.fn> }[], ends: [] as CallEnd[] }));

vi.mock("../../../../src/handlers/worker/worker-process.ts", () => ({
  WorkerProcess: class {
    readonly calls = 0;
    readonly kill = vi.fn();
    readonly #events: WorkerEvents;

    constructor(_spec: unknown, _settings: unknown, events: WorkerEvents) {
      this.#events = events;
      fake.made.push(this);
    }

    async call(): Promise<CallEnd> {
      const end = fake.ends.shift() ?? { kind: "done", result: {} };
      if (end.kind === "crashed" || end.kind === "untaken") this.#events.ended(end.why, end.kind === "untaken");
      return end;
    }
  },
}));

const lines: string[] = [];
const log = pino(
  { level: "info" },
  { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) },
);
const worker = (...ends: CallEnd[]): LaneWorker => {
  fake.ends = ends;
  return new LaneWorker({ files: [], memoryMb: 1, outputLimit: 1 }, { killGraceMs: 1, env: {} }, log);
};
const context = (signal: AbortSignal = new AbortController().signal): RunContext => ({
  message: messageWith({}),
  data: [],
  signal,
  env: {},
  dataDir: "",
});
const untaken: CallEnd = { kind: "untaken", why: "a leftover", loaded: true };

beforeEach(() => {
  vi.useFakeTimers();
  fake.made = [];
  lines.length = 0;
});
afterEach(() => void vi.useRealTimers());

test("one process serves message after message, and ends a minute after the last", async () => {
  const lane = worker();
  await lane.run(context());
  vi.advanceTimersByTime(59_000);
  await lane.run(context());
  vi.advanceTimersByTime(59_000);
  expect(fake.made).toHaveLength(1);
  expect(fake.made[0]?.kill).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(fake.made[0]?.kill).toHaveBeenCalledOnce();
  await lane.run(context());
  expect(fake.made).toHaveLength(2);
  expect(lines).toEqual([]);
});

test("a message that the process had not taken up goes to the next one, with a line in the log", async () => {
  const lane = worker(untaken, untaken, { kind: "done", result: { exitCode: 0 } });
  expect(await lane.run(context())).toEqual({ exitCode: 0 });
  expect(fake.made).toHaveLength(3);
  const line = "the handler's process ended between messages: a leftover; the next message gets a new process";
  expect(lines).toEqual([line, line]);
});

test.each<{ why: string; ends: CallEnd[] }>([
  { why: "crashes in the middle of it", ends: [{ kind: "crashed", why: "a leftover" }] },
  { why: "cannot be loaded", ends: [{ kind: "untaken", why: "a leftover", loaded: false }] },
  { why: "ends again and again", ends: [untaken, untaken, untaken] },
])("a message fails when its process $why, and the next one runs", async ({ ends }) => {
  const lane = worker(...ends);
  const error = { code: "handlerCrashed", message: "the handler's process ended: a leftover" };
  await expect(lane.run(context())).rejects.toMatchObject(error);
  expect(await lane.run(context())).toEqual({});
  expect(fake.made).toHaveLength(ends.length + 1);
});

test("a run that must stop is not begun again", async () => {
  const lane = worker(untaken);
  await expect(lane.run(context(AbortSignal.abort()))).rejects.toMatchObject({ code: "handlerCrashed" });
  expect(fake.made).toHaveLength(1);
});
