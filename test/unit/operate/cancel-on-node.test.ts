import { errors } from "nats";
import { expect, test } from "vitest";
import { Journal } from "../../../src/broker/write/journal.ts";
import { cancelOnNode, type Cancellation } from "../../../src/operate/cancel-on-node.ts";
import { isFinal, type Ack, type State } from "../../../src/protocol/ack.ts";
import { aMessage } from "../../support/broker-state.ts";
import {
  answerOf,
  found,
  headersWith,
  msgOf,
  notFound,
  refusal,
  scriptedBroker,
  stored,
  type Asked,
} from "../broker/support.ts";

const address = { node: "ship1", messageType: "command", subject: "shell", id: "a" } as const;
const message = aMessage({ ...address, data: ["true"] });

const ackOf = (state: State, parts: Partial<Ack> = {}): Ack => ({
  ...address,
  state,
  attempt: 1,
  instance: "daemon",
  ...parts,
});

/** The daemon's reaction to a cancel. `meanwhile` is written to its journal before it answers. */
interface Daemon {
  readonly answers: "cancelling" | "notRunning" | "refusal" | "nobody" | "silence";
  readonly meanwhile?: Ack;
}

interface Scene {
  readonly journal?: readonly Ack[];
  readonly daemon?: readonly Daemon[];
  readonly messageType?: "command" | "event";
}

/** Cancels with a journal, a queue of one message, and a scripted daemon. */
async function cancelled(scene: Scene) {
  const chain = [...(scene.journal ?? [])];
  const daemon = [...(scene.daemon ?? [])];
  const verbs: string[] = [];
  const write = ({ headers, body }: Asked) => {
    const standing = chain.length;
    if (headers["Nats-Expected-Last-Subject-Sequence"] !== String(standing)) {
      return refusal(10_071, `wrong last sequence: ${standing}`);
    }
    verbs.push(`wrote ${(JSON.parse(body) as Ack).state} behind ${standing}`);
    chain.push(JSON.parse(body) as Ack);
    return stored(chain.length);
  };
  const control = () => {
    const { answers, meanwhile } = daemon.shift() ?? { answers: "nobody" };
    verbs.push("asked");
    if (meanwhile !== undefined) chain.push(meanwhile);
    if (answers === "nobody") return new errors.NoRespondersError("s");
    if (answers === "silence") return new errors.TimeoutError();
    if (answers !== "refusal") return answerOf({ outcome: answers });
    return msgOf({ headers: headersWith({ "Nats-Service-Error-Code": "400", "Nats-Service-Error": "not now" }) });
  };
  const { broker } = scriptedBroker((asked) => {
    const { subject } = asked;
    if (subject.includes(".control.")) return control();
    if (subject.startsWith("$JS.API.DIRECT.GET.STEWARD_MESSAGES")) {
      const { seq } = JSON.parse(asked.body) as { seq: number };
      return seq > 4 ? notFound() : found(4, JSON.stringify(message));
    }
    if (subject.startsWith("$JS.API.STREAM.MSG.DELETE.STEWARD_MESSAGES")) {
      verbs.push(`removed ${(JSON.parse(asked.body) as { seq: number }).seq}`);
      return answerOf({ success: true });
    }
    if (subject.startsWith("$JS.API.STREAM.INFO.")) return answerOf({ state: {} });
    if (!subject.startsWith("$JS.")) return write(asked);
    const last = chain.at(-1);
    return last === undefined ? notFound() : found(chain.length, JSON.stringify(last));
  });
  const { signal } = new AbortController();
  const journal = new Journal(broker, signal, () => {});
  const environment = { broker, journal, by: "anna", instance: "canceller", waitMs: 100, signal };
  const messageType = scene.messageType ?? "command";
  const cancellation = await cancelOnNode({ ...address, messageType }, environment);
  return { cancellation, verbs, finals: chain.filter(isFinal).map(({ state }) => state) };
}

const wasOf = (cancellation: Cancellation): unknown =>
  cancellation.kind === "ended" ? [cancellation.ack.state, cancellation.ack.cancelled?.was] : cancellation.reason;

test("a message that has not started is ended in the journal, and then removed from the queue", async () => {
  const { cancellation, verbs } = await cancelled({});
  expect(verbs).toEqual(["wrote cancelled behind 0", "removed 4"]);
  expect(cancellation).toMatchObject({
    kind: "ended",
    before: false,
    ack: {
      ...address,
      state: "cancelled",
      attempt: 0,
      instance: "canceller",
      error: { code: "cancelled", message: "cancelled by anna while queued" },
      cancelled: { by: "anna", was: "queued" },
      message,
    },
  });
});

test("an event may run without an ACK for its start, so its node is asked too", async () => {
  const { verbs } = await cancelled({ messageType: "event", daemon: [{ answers: "notRunning" }] });
  expect(verbs).toEqual(["wrote cancelled behind 0", "asked", "removed 4"]);
});

test("a running message is ended by its daemon", async () => {
  const end = ackOf("cancelled", { cancelled: { by: "anna", at: "2026-01-31T12:00:00.000Z", was: "running" } });
  const { cancellation, verbs } = await cancelled({
    journal: [ackOf("started")],
    daemon: [{ answers: "cancelling", meanwhile: end }],
  });
  expect(verbs).toEqual(["asked"]);
  expect(cancellation).toMatchObject({ kind: "ended", before: false, ack: end });
});

test.each<[string, Daemon[]]>([
  ["whose daemon has ended", [{ answers: "nobody" }]],
  ["that its daemon does not run", [{ answers: "notRunning" }, { answers: "notRunning" }]],
])(
  "what has begun, %s, is ended in the journal; should it begin in that moment, it is ended too",
  async (_how, daemon) => {
    const { cancellation, verbs } = await cancelled({ journal: [ackOf("started", { attempt: 3 })], daemon });
    expect(verbs).toEqual(["asked", "wrote cancelled behind 1", "asked", "removed 4"]);
    expect(wasOf(cancellation)).toEqual(["cancelled", "running"]);
    expect(cancellation).toMatchObject({ ack: { attempt: 3, error: { message: "cancelled by anna while running" } } });
  },
);

test("a message that ends while its daemon is asked has no second end", async () => {
  const { cancellation, finals } = await cancelled({
    journal: [ackOf("started")],
    daemon: [{ answers: "notRunning", meanwhile: ackOf("succeeded") }],
  });
  expect(finals).toEqual(["succeeded"]);
  expect(cancellation).toMatchObject({ kind: "ended", before: false, ack: { state: "succeeded" } });
});

test("a message that a restarted daemon has started in the meantime is ended there", async () => {
  const { verbs, finals } = await cancelled({
    journal: [ackOf("started")],
    daemon: [{ answers: "nobody", meanwhile: ackOf("started", { attempt: 2 }) }, { answers: "cancelling" }],
  });
  expect(verbs).toEqual(["asked", "wrote cancelled behind 2", "asked", "removed 4"]);
  expect(finals).toEqual(["cancelled"]);
});

test.each<[Daemon["answers"], RegExp]>([
  ["silence", /does not answer/],
  ["refusal", /refused: not now/],
  ["cancelling", /is still ending it/],
])("with %s from the daemon nothing is decided", async (answers, reason) => {
  const { cancellation, verbs } = await cancelled({ journal: [ackOf("started")], daemon: [{ answers }] });
  expect(verbs).toEqual(["asked"]);
  expect(cancellation).toMatchObject({ kind: "undecided", reason: expect.stringMatching(reason) as unknown });
});

test.each<[State, Partial<Ack>, string[]]>([
  ["cancelled", {}, ["removed 4"]],
  ["succeeded", { message }, ["removed 4"]],
  // The node may still have to send the result, or to judge and report the failure.
  ["succeeded", { message: { ...message, reply: { node: "ship2", subject: "log" } } }, []],
  ["succeeded", {}, []],
  ["failed", { message }, []],
])(
  "a message that has ended as %s stays so; its node may be down, so it is removed if nothing else follows",
  async (...how) => {
    const [state, parts, done] = how;
    const { cancellation, verbs, finals } = await cancelled({ journal: [ackOf(state, parts)] });
    expect(verbs).toEqual(done);
    expect(finals).toEqual([state]);
    expect(cancellation).toMatchObject({ kind: "ended", before: true, ack: { state } });
  },
);
