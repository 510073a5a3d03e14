import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { isLeft } from "../../../src/node/left-error.ts";
import { Suspects, type Turn } from "../../../src/node/suspects.ts";
import { quiet } from "./support.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
});

const never = (): void => {};
const window = 30_000;

/** Suspects of a daemon whose lanes are at `running` messages beside those that wait here. */
function scripted(): {
  readonly suspects: Suspects;
  readonly others: { running: number };
  readonly took: string[];
  readonly turns: Map<string, Turn>;
  readonly ask: (name: string, ends?: number, wasAlone?: boolean) => Promise<void>;
  readonly pass: (name: string) => void;
} {
  const others = { running: 0 };
  let waiting = 0;
  const suspects = new Suspects({
    get running() {
      return others.running + waiting;
    },
  });
  const took: string[] = [];
  const turns = new Map<string, Turn>();
  return {
    suspects,
    others,
    took,
    turns,
    ask: async (name, ends = 2, wasAlone = false) => {
      waiting += 1;
      const turn = await suspects.turn(ends, wasAlone, never).finally(() => (waiting -= 1));
      if (turn === undefined) return;
      turns.set(name, turn);
      took.push(`${name}${turn.isAlone ? " alone" : ""}`);
    },
    pass: (name) => {
      waiting += 1;
      void suspects.pass(never).then(
        () => {
          waiting -= 1;
          took.push(name);
        },
        () => took.push(`${name} left`),
      );
    },
  };
}

async function later(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await quiet();
}

test("after a clean end no message waits, and none needs an extra claim", () => {
  const { suspects } = scripted();
  expect(suspects.isClosed).toBe(false);
  expect(suspects.mayHaveBeenOpen("event.log", 1)).toBe(false);
});

test("after an unclean end nothing begins for a second; a lane's first messages may have been open", async () => {
  const { suspects, took, pass } = scripted();
  suspects.begin();
  pass("a");
  await later(60_000);
  expect(took).toEqual([]);
  suspects.settle();
  await later(999);
  expect(took).toEqual([]);
  await later(1);
  expect(took).toEqual(["a"]);
  expect([1, 2, 3].map(() => suspects.mayHaveBeenOpen("command.exec", 2))).toEqual([true, true, false]);
  expect(suspects.mayHaveBeenOpen("event.log", 1)).toBe(true);
});

test("suspects run one at a time, those that were never alone first, and others wait until all are through", async () => {
  const { suspects, took, turns, ask, pass } = scripted();
  suspects.begin();
  suspects.settle();
  void ask("seen", 3, true);
  pass("other");
  void ask("first");
  void ask("second");
  await later(1000);
  expect(took).toEqual(["first alone"]);
  turns.get("first")!.end();
  await later(0);
  expect(took).toEqual(["first alone", "second alone"]);
  turns.get("second")!.end();
  turns.get("second")!.end();
  await later(0);
  turns.get("seen")!.end();
  await later(0);
  expect(took).toEqual(["first alone", "second alone", "seen alone", "other"]);
  expect(suspects.isClosed).toBe(false);
});

test("among those that never ran alone, the one that ran at the most ends is first", async () => {
  const { took, turns, ask } = scripted();
  void ask("retried", 2);
  void ask("likely", 3);
  await later(0);
  turns.get("retried")?.end();
  turns.get("likely")?.end();
  await later(0);
  expect(took).toEqual(["likely alone", "retried alone"]);
});

test("a suspect waits for running messages, and runs beside them if that takes too long", async () => {
  const { others, took, turns, ask } = scripted();
  others.running = 1;
  void ask("soon");
  await later(5000);
  expect(took).toEqual([]);
  others.running = 0;
  await later(20);
  expect(took).toEqual(["soon alone"]);
  turns.get("soon")!.end();
  others.running = 1;
  void ask("late");
  await later(60_000);
  expect(took).toEqual(["soon alone", "late"]);
});

test("a suspect that outlives its window records that before others go on; the next runs beside it, at once", async () => {
  const { suspects, took, turns, ask, pass } = scripted();
  void ask("long", 3);
  await later(0);
  const record = vi.fn<() => Promise<string>>(async () => void took.push("recorded") as never);
  turns.get("long")!.beforeOthers(record);
  pass("other");
  void ask("next");
  await later(2 * window - 1);
  expect(took).toEqual(["long alone"]);
  await later(1);
  expect(took.slice(0, 2)).toEqual(["long alone", "recorded"]);
  expect(took.slice(2).toSorted()).toEqual(["next", "other"]);
  turns.get("next")!.end();
  turns.get("long")!.end();
  await later(0);
  void ask("alone again");
  await later(20);
  expect(took.at(-1)).toBe("alone again alone");
  expect(suspects.isClosed).toBe(true);
});

test("a suspect that ends in its window records nothing more", async () => {
  const { turns, ask } = scripted();
  void ask("short");
  await later(0);
  const record = vi.fn<() => Promise<number>>(async () => 7);
  const stop = turns.get("short")!.beforeOthers(record);
  expect(await stop()).toBeUndefined();
  await later(2 * window);
  expect(record).not.toHaveBeenCalled();
});

test("a suspect that is interrupted while it waits takes no turn", async () => {
  const { suspects, took, turns, ask } = scripted();
  void ask("first");
  await later(0);
  let wake = never;
  const waiting = suspects.turn(2, false, (reported) => (wake = reported));
  wake();
  expect(await waiting).toBeUndefined();
  turns.get("first")!.end();
  await later(0);
  expect(took).toEqual(["first alone"]);
  expect(suspects.isClosed).toBe(false);
});

test("at a stop the waiting messages leave, and none begins", async () => {
  const { suspects, took, ask, pass } = scripted();
  suspects.begin();
  pass("other");
  const asked = ask("suspect");
  suspects.stop();
  await expect(asked).rejects.toSatisfy(isLeft);
  await quiet();
  expect(took).toEqual(["other left"]);
  await expect(suspects.pass(never)).rejects.toSatisfy(isLeft);
  await expect(suspects.turn(2, false, never)).rejects.toSatisfy(isLeft);
});
