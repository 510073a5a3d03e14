import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Steward } from "../../../src/client.ts";
import type { SentEvent } from "../../../src/client/events.ts";
import type { Sent } from "../../../src/client/sent.ts";
import { startFleet, type Fleet } from "../../support/fleet.ts";

let fleet: Fleet;
let steward: Steward;
beforeAll(async () => {
  fleet = await startFleet(["ship1", "ship2"]);
  steward = await connect({ servers: fleet.server.url });
});
afterAll(async () => {
  await steward.close();
  await fleet[Symbol.asyncDispose]();
});

const shell = (line: string, more: object = {}): Promise<Sent> =>
  steward.send({ nodes: "ship1", subject: "shell", data: [line], ...more });

async function listed(events: AsyncIterable<SentEvent>): Promise<SentEvent[]> {
  const all: SentEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const reported = (events: readonly SentEvent[]): string[] =>
  events.map((event) => {
    if (event.kind === "output") return `${event.stream} ${Buffer.from(event.bytes).toString()}`;
    return `${event.kind} ${event.attempt}`;
  });

test("each step in its order, also for messages that ended long ago", async () => {
  const sent = await shell("echo out; echo err >&2; exit 1", { retries: 1, retryWait: "100ms" });
  const attempts = (attempt: number): string[] => [`started ${attempt}`, "stdout out\n", "stderr err\n"];
  const expected = [...attempts(1), "retrying 1", ...attempts(2), "ended 2"];
  const live = await listed(sent.events());
  // Of the two streams either may come first.
  expect(reported(live).toSorted()).toEqual(expected.toSorted());
  expect(live.at(-1)).toMatchObject({ kind: "ended", state: "failed", ok: false, exitCode: 1 });
  expect(live.find(({ kind }) => kind === "retrying")).toMatchObject({ error: { code: "exitCode" } });
  expect(live.findLast(({ kind }) => kind === "started")).toMatchObject({ attempt: 2, after: { code: "exitCode" } });
});

test("behind each cursor come all further events, once", async () => {
  const sent = await shell("for i in 1 2 3; do echo $i; sleep 0.2; done");
  const all = await listed(sent.events());
  expect(reported(all)).toEqual(["started 1", "stdout 1\n", "stdout 2\n", "stdout 3\n", "ended 1"]);
  const text = (events: readonly SentEvent[]): string => reported(events).join("").replaceAll("stdout ", "");
  for (const [at, { cursor }] of all.entries()) {
    const rest = await listed((await steward.attach(sent.id)).events({ after: cursor }));
    expect(text(rest)).toBe(text(all.slice(at + 1)));
  }
  await expect(listed(sent.events({ after: "nonsense" }))).rejects.toMatchObject({ code: "usage" });
});

test("break ends it, and the message goes on; a cursor resumes it while it runs", async () => {
  const sent = await shell("echo one; sleep 1; echo two");
  let after: string | undefined;
  for await (const event of sent.events()) {
    after = event.cursor;
    if (event.kind === "output") break;
  }
  expect(reported(await listed(sent.events({ after })))).toEqual(["stdout two\n", "ended 1"]);
});

test("a reader that takes its time misses nothing", async () => {
  const sent = await shell("seq 1 20000");
  let text = "";
  for await (const event of sent.events()) {
    if (event.kind !== "output") continue;
    text += Buffer.from(event.bytes).toString();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(text).toBe(Array.from({ length: 20_000 }, (_line, at) => `${at + 1}\n`).join(""));
});

test("done and run hand the events on while they wait", async () => {
  const kinds: string[] = [];
  const onEvent = ({ kind, node }: SentEvent): void => void kinds.push(`${node} ${kind}`);
  const draft = { nodes: ["ship1", "ship2"], subject: "shell", data: ["echo x"] };
  expect(await steward.run(draft, { wait: "30s", onEvent })).toMatchObject({ ok: true });
  const expected = ["ship1", "ship2"].flatMap((node) => [`${node} started`, `${node} output`, `${node} ended`]);
  expect(kinds.splice(0).toSorted()).toEqual(expected.toSorted());
  const sent = await steward.send(draft);
  expect(await sent.done({ wait: "30s", onEvent })).toMatchObject({ ok: true });
  expect(kinds.toSorted()).toEqual(expected.toSorted());
});

test("a message that never ran has only an end", async () => {
  const sent = await steward.send({ nodes: "ship1", subject: "nothing-like-that" });
  expect(await listed(sent.events())).toMatchObject([{ kind: "ended", attempt: 0, state: "rejected" }]);
});

test("an event is plain data: it can be copied, printed and stored", async () => {
  const [first] = await listed((await shell("true")).events());
  expect({ ...first }).toMatchObject({ kind: "started", cursor: first?.cursor });
  expect(JSON.parse(JSON.stringify(first))).toMatchObject({ node: "ship1", cursor: first?.cursor });
});

test.each(["started", "output", "ended"] as const)(
  "an error of onEvent at %s ends its wait soon, and nothing else",
  async (kind) => {
    const sent = await shell("echo a; sleep 3; echo b", { nodes: ["ship1", "ship2"] });
    const other = sent.done({ wait: "30s" });
    const failing = sent.done({
      wait: "30s",
      onEvent: (event) => {
        if (event.kind === kind) throw new Error("no room");
      },
    });
    const begun = performance.now();
    await expect(failing).rejects.toThrow("no room");
    if (kind !== "ended") expect(performance.now() - begun).toBeLessThan(2500);
    expect(await other).toMatchObject({ ok: true });
  },
);

test("a message that expires in the queue of a node that is down has an end", async () => {
  const sent = await steward.send({ nodes: ["ship1", "down"], subject: "exec", data: ["true"], expires: "1s" });
  const kinds: string[] = [];
  const onEvent = ({ node, kind }: SentEvent): void => void kinds.push(`${node} ${kind}`);
  const waiting = sent.done({ wait: "forever", onEvent });
  const events = await listed(sent.events());
  expect(events.at(-1)).toMatchObject({ node: "down", kind: "ended", state: "expired", ok: false, attempt: 0 });
  expect(await listed(sent.events({ after: events.at(-1)?.cursor }))).toEqual([]);
  expect(await waiting).toMatchObject({ ok: false, pending: [], outcomes: [{ ok: true }, { state: "expired" }] });
  expect(kinds.at(-1)).toBe("down ended");
});
