import { headers, type Msg } from "nats";
import { expect, test, vi } from "vitest";
import { serveNodeControl, type Controls } from "../../../src/node/control.ts";
import { controlVerbs } from "../../../src/protocol/control.ts";
import { StewardError } from "../../../src/protocol/errors.ts";
import { features, protocol } from "../../../src/protocol/features.ts";
import { answerOf, msgOf, scriptedBroker } from "../broker/support.ts";
import { MemoryJournal, testParts } from "./test-parts.ts";

type Called = { readonly [Verb in keyof Controls]: ReturnType<typeof vi.fn<Controls[Verb]>> };

function controlled(): { readonly controls: Called; readonly ask: (verb: string, body?: string) => Promise<unknown> } {
  const controls: Called = {
    status: vi.fn<Controls["status"]>(() => ({ instance: "life1" }) as ReturnType<Controls["status"]>),
    lanes: vi.fn<Controls["lanes"]>(() => [{ name: "command.exec", waiting: 2, running: [] }]),
    pause: vi.fn<Controls["pause"]>(() => Promise.resolve()),
    resume: vi.fn<Controls["resume"]>(() => Promise.resolve()),
    restart: vi.fn<Controls["restart"]>(() => Promise.resolve()),
    cancel: vi.fn<Controls["cancel"]>(() => ({ outcome: "cancelling" })),
    output: vi.fn<Controls["output"]>(() => ({
      offset: 0,
      data: "",
      totals: { stdout: 0, stderr: 0 },
      ended: true,
    })),
    drain: vi.fn<Controls["drain"]>(),
    stop: vi.fn<Controls["stop"]>(),
  };
  const { broker, deliver } = scriptedBroker(() => answerOf({}));
  const parts = testParts(new MemoryJournal(), [], { broker, instance: "life1" });
  serveNodeControl(parts, controls as unknown as Controls);
  const ask = async (verb: string, body: string = ""): Promise<unknown> => {
    const respond = vi.fn<Msg["respond"]>();
    deliver(Object.assign(msgOf({ subject: `steward.ship1.control.${verb}`, data: body }), { respond }));
    await vi.waitFor(() => expect(respond).toHaveBeenCalledOnce());
    const [answer, { headers: reported = headers() } = {}] = respond.mock.calls[0]!;
    if (reported.has("Nats-Service-Error-Code")) return reported.get("Nats-Service-Error");
    return JSON.parse(String(answer)) as unknown;
  };
  return { controls, ask };
}

test("every verb is served", async () => {
  const { controls, ask } = controlled();
  for (const verb of controlVerbs) {
    const run = { messageType: "command", subject: "exec", id: "a", attempt: 1, stream: "stdout", offset: 0 };
    await ask(verb, JSON.stringify({ lane: "command.exec", ...run }));
    expect(controls[verb]).toHaveBeenCalledOnce();
  }
});

test("an empty request is enough where no parameter is needed", async () => {
  const { controls, ask } = controlled();
  expect(await ask("status")).toEqual({ protocol, features, instance: "life1" });
  expect(await ask("lanes")).toEqual([{ name: "command.exec", waiting: 2, running: [] }]);
  expect(await ask("drain")).toMatchObject({ done: true });
  expect(await ask("resume")).toMatchObject({ done: true });
  expect(await ask("stop")).toMatchObject({ done: true });
  expect(controls.resume).toHaveBeenCalledWith(undefined, "unknown");
});

test("a pause names its author and reason, and is answered when it is stored", async () => {
  const { controls, ask } = controlled();
  let store = (): void => {};
  controls.pause.mockReturnValue(new Promise((resolve) => (store = resolve)));
  const asked = ask("pause", '{"lane":"command.exec","by":"anna","reason":"the disk is swapped"}');
  const since = expect.stringMatching(/^\d{4}-.*Z$/) as unknown;
  const hold = { state: "paused", since, by: "anna", reason: "the disk is swapped" };
  expect(controls.pause).toHaveBeenCalledWith("command.exec", hold);
  store();
  expect(await asked).toEqual({ protocol, features, ...hold });
});

test("a lane is called by its own name, whatever its messages are called on the way", async () => {
  const { controls, ask } = controlled();
  await ask("restart", '{"lane":"event.textLogging"}');
  expect(controls.restart).toHaveBeenCalledWith("event.log");
  await ask("resume", '{"lane":"event.textLogging","by":"anna"}');
  expect(controls.resume).toHaveBeenCalledWith("event.log", "anna");
});

test.each([
  ["pause", "{", /^the request is not JSON: /],
  ["pause", "", /^name the lane/],
  ["restart", "{}", /^name the lane/],
  ["pause", "[]", /./],
  ["pause", '{"lane":7}', /^lane: /],
  ["pause", '{"lane":"exec"}', /^"exec" is not a lane; write it as command.exec/],
  ["pause", '{"lane":"command.exec.more"}', /is not a lane/],
  ["pause", '{"lane":"lane.exec"}', /is not a lane/],
  ["resume", '{"lane":"command.*"}', /is not a lane/],
  ["pause", '{"lane":"command.exec","by":"a b"}', /^by: may hold only/],
  ["cancel", '{"messageType":"command","subject":"exec"}', /^id: is missing/],
  ["cancel", '{"messageType":"x","subject":"exec","id":"a"}', /^messageType: must be/],
])("%s %s is refused with one line", async (verb, body, line) => {
  const { controls, ask } = controlled();
  expect(await ask(verb, body)).toMatch(line);
  for (const called of Object.values(controls)) expect(called).not.toHaveBeenCalled();
});

test("a request that the daemon refuses is refused with its reason", async () => {
  const { controls, ask } = controlled();
  controls.restart.mockRejectedValue(new StewardError("refused", "nothing runs in command.exec"));
  expect(await ask("restart", '{"lane":"command.exec"}')).toBe("nothing runs in command.exec");
});

test("lanes are returned in pages that fit; without a starting point, the first one as an array", async () => {
  const { controls, ask } = controlled();
  const reason = "x".repeat(500);
  const hold = { state: "paused", since: "", by: "anna", reason } as const;
  const names = Array.from({ length: 3000 }, (_, number) => `command.n${10_000 + number}`);
  controls.lanes.mockReturnValue(names.map((name) => ({ name, waiting: 0, running: [], hold })));
  const reported: string[] = [];
  for (let after = "", more = 1; more > 0;) {
    const page = (await ask("lanes", JSON.stringify({ after }))) as { lanes: { name: string }[]; more: number };
    expect(JSON.stringify(page).length).toBeLessThan(300_000);
    reported.push(...page.lanes.map(({ name }) => name));
    expect(page.more).toBe(names.length - reported.length);
    [after, more] = [reported.at(-1)!, page.more];
  }
  expect(reported).toEqual(names);
  expect(((await ask("lanes")) as { name: string }[]).map(({ name }) => name)).toEqual(
    names.slice(0, ((await ask("lanes")) as unknown[]).length),
  );
});

test("a request that is not UTF-8, or has an overlong reason, is refused", async () => {
  const { controls, ask } = controlled();
  expect(await ask("pause", JSON.stringify({ lane: "command.exec", reason: "x".repeat(501) }))).toBe(
    "reason: may have at most 500 characters",
  );
  expect(controls.pause).not.toHaveBeenCalled();
});
