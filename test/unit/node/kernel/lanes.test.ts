import { expect, test } from "vitest";
import type { PolicyRule } from "../../../../src/config/node-config.ts";
import { finalStates } from "../../../../src/protocol/ack.ts";
import { glob } from "../../../../src/util/glob.ts";
import { failed, finalOf, kernelWith, rule } from "./support.ts";

const halting = { lanes: [{ lane: glob("command.*"), onFailure: "halt" }] } as const;

test("without rules a lane goes on, however its message ended", () => {
  for (const state of finalStates) expect(kernelWith().judge(finalOf({ state }))).toBe("continue");
});

test.each(finalStates)("a lane that halts on failure, after a message that ended as %s", (state) => {
  const halts = state === "failed" || state === "interrupted";
  expect(kernelWith({}, halting).judge(finalOf({ state }))).toBe(halts ? "quarantine" : "continue");
});

test("an end that only a newer version knows is a failure", () => {
  expect(kernelWith({}, halting).judge(finalOf({ state: "skipped", final: true }))).toBe("quarantine");
});

test("only the lanes that halt on failure do", () => {
  expect(kernelWith({}, halting).judge(finalOf({ messageType: "event" }))).toBe("continue");
});

test.each(["restart", "quarantine", "shutdown"] as const)(
  "a rule's verdict %s is the lane's, after a failure",
  (verdict) => {
    const kernel = kernelWith({}, { policy: [rule(verdict)] });
    expect(kernel.judge(finalOf())).toBe(verdict);
    expect(kernel.judge(finalOf({ state: "interrupted", error: { code: "cutOff", message: "" } }))).toBe(verdict);
    for (const state of ["succeeded", "rejected", "expired", "cancelled"] as const) {
      expect(kernel.judge(finalOf({ state }))).toBe("continue");
    }
  },
);

test.each<PolicyRule["verdict"]>(["continue", "retry"])(
  "the verdict %s about runs leaves it to the lane whether it halts",
  (verdict) => {
    const policy = [rule(verdict)];
    expect(kernelWith({}, { policy }).judge(finalOf())).toBe("continue");
    expect(kernelWith({}, { policy, ...halting }).judge(finalOf())).toBe("quarantine");
  },
);

test("textLogging goes by the rules for log, whose lane it runs in", () => {
  const kernel = kernelWith({}, { policy: [rule("quarantine", { lane: "event.log" })] });
  expect(kernel.judge(finalOf({ messageType: "event", subject: "textLogging" }))).toBe("quarantine");
});

test("a lane that breaks is restarted, and quarantined the fourth time in a row", () => {
  const kernel = kernelWith();
  const judged = [1, 2, 3, 4].map(() => kernel.judgeLane("command.ping"));
  expect(judged).toEqual(["restart", "restart", "restart", "quarantine"]);
  expect(kernel.judgeLane("command.other")).toBe("restart");
});

test("a message that is dealt with in between shows that the lane is sound; its end alone does not", () => {
  const kernel = kernelWith();
  for (let time = 0; time < 3; time++) kernel.judgeLane("command.ping");
  kernel.judge(finalOf({ state: "succeeded" }));
  expect(kernel.judgeLane("command.ping")).toBe("quarantine");
  kernel.settled("command.ping");
  expect(kernel.judgeLane("command.ping")).toBe("restart");
});

test("it counts its verdicts on failures", () => {
  const kernel = kernelWith({ retries: 1 }, { policy: [rule("restart", { error: ["timedOut"] })] });
  kernel.judgeRun(failed({}, 1));
  kernel.judgeRun(failed({}, 2));
  kernel.judge(finalOf());
  kernel.judge(finalOf({ error: { code: "timedOut", message: "" } }));
  kernel.judge(finalOf({ state: "succeeded" }));
  kernel.judgeLane("command.ping");
  expect(kernel.verdicts).toEqual({ retry: 1, continue: 1, restart: 2 });
});
