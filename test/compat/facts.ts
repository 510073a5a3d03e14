import { expect, test } from "vitest";
import { errorCodeHeader, errorHeader } from "../../src/broker/control/micro-service.ts";
import { type Ack, isFinal, knownState, parseAck, stateHeader } from "../../src/protocol/ack.ts";
import { parseChunk } from "../../src/broker/control/live-output.ts";
import { heldBytes, outputOf } from "../../src/protocol/ack-output.ts";
import { isCancelling, lanesPageSchema, outputAnswerSchema } from "../../src/protocol/control.ts";
import { parseGroup } from "../../src/protocol/group.ts";
import { parseLaneEntry } from "../../src/protocol/lane-hold.ts";
import { check, messageSchema, type Message } from "../../src/protocol/message.ts";
import { fitting, parseJson } from "../../src/util/parse-bytes.ts";
import { parsePresence } from "../../src/protocol/presence.ts";
import { parseRule } from "../../src/protocol/schedule.ts";
import { parseAckSubject } from "../../src/protocol/subjects.ts";
import { headers as newHeaders } from "nats";
import { bytesOf, kinds, type Recorded, type Recording } from "./recording.ts";

/** What each message of a recording went through, by its id; those that the program named are not among them. */
const states = {
  late: ["expired 0"],
  back: ["cancelled 0"],
  fine: ["started 1", "succeeded 1"],
  fails: ["started 1", "failed 1"],
  killed: ["started 1", "failed 1"],
  bytes: ["started 1", "succeeded 1"],
  long: ["started 1", "succeeded 1"],
  tried: ["started 1", "retrying 1", "started 2", "failed 2"],
  unserved: ["rejected 0"],
  halts: ["started 1", "failed 1"],
  line: ["succeeded 1"],
  junk: ["rejected 0"],
  noise: ["rejected 0"],
  old: ["succeeded 1"],
  live: ["started 1", "succeeded 1"],
  stopped: ["started 1", "cancelled 1"],
  again: ["started 1", "started 2", "succeeded 2"],
  never: ["started 1", "interrupted 1"],
};

/** The tests of what a recording says: the same for each version that was recorded, and for the present one. */
export function testsOf(recording: () => Recording): void {
  const acks = (id?: string): Ack[] => {
    const all = recording().acks.map((one) => parseAck(bytesOf(one))!);
    return id === undefined ? all : all.filter((ack) => ack.id === id);
  };
  const final = (id: string): Ack => acks(id).findLast(isFinal)!;

  test("something of each kind was recorded", () => {
    expect(kinds.filter((kind) => recording()[kind].length === 0)).toEqual([]);
  });

  test("each ACK is read: its content, its address, and whether it is final", () => {
    for (const one of recording().acks) {
      const ack = parseAck(bytesOf(one))!;
      expect(jsonOf(one)).toMatchObject(ack);
      expect(ack).toMatchObject(parseAckSubject(one.subject)!);
      expect(one.headers[stateHeader]).toBe(ack.state);
      expect(knownState(ack)).toBe(ack.state);
      // Of these the end alone holds the original.
      expect(isFinal(ack)).toBe(ack.message !== undefined || ack.raw !== undefined);
    }
  });

  test.each(Object.entries(states))("%s went through %j", (id, expected) => {
    expect(acks(id).map(({ state, attempt }) => `${state} ${attempt}`)).toEqual(expected);
  });

  test("the output of runs, text or not, complete or not", () => {
    expect(final("fine").output).toMatchObject({ stdout: "hello\n", stderr: "" });
    expect(final("fails").output).toMatchObject({ stdout: "", stderr: "bad\n" });
    expect(final("bytes").output?.encoding).toBe("base64");
    expect(heldBytes(final("bytes").output!, "stdout")).toEqual(Buffer.from([0xff, 1]));
    const { total, head, tail } = outputOf(final("long"), "stdout")!;
    expect([total, head.toString().slice(0, 4), tail.toString().slice(-5)]).toEqual([3893, "1\n2\n", "1000\n"]);
    expect(final("long").output?.truncated?.stdout?.omitted).toBe(total - head.length - tail.length);
  });

  test("why messages ended as they did", () => {
    expect(final("fails")).toMatchObject({ exitCode: 3, error: { code: "exitCode" } });
    expect(final("killed")).toMatchObject({ signal: "SIGKILL", error: { code: "killedBySignal" } });
    expect(final("late")).toMatchObject({ error: { code: "expired" }, message: { expires: "1s" } });
    expect(final("unserved")).toMatchObject({ error: { code: "noHandler" } });
    expect(final("back")).toMatchObject({ cancelled: { by: "ann", was: "queued" }, error: { code: "cancelled" } });
    expect(final("stopped")).toMatchObject({ cancelled: { by: "ann", was: "running" } });
    expect(final("never")).toMatchObject({ error: { code: "interrupted" }, message: { delivery: "atMostOnce" } });
    expect(final("junk")).toMatchObject({ error: { code: "badMessage" }, raw: { data: "no message" } });
    expect(final("noise")).toMatchObject({ raw: { data: "/wA=", encoding: "base64" } });
  });

  test("messages made from messages: a replay, a schedule, a reply, a failure", () => {
    const originals = acks().flatMap(({ message }) => message ?? []);
    expect(originals.find(({ replayOf }) => replayOf === "fine")).toMatchObject({ data: ["echo", "hello"] });
    const firing = acks().find(({ id, state }) => id.startsWith("tick_") && state === "succeeded");
    expect(firing).toMatchObject({ subject: "ping", message: { id: "tick", from: "ann" } });
    expect(final("fine").message?.reply).toEqual({ node: "ship1", subject: "log" });
    const events = originals.filter(({ messageType, from }) => messageType === "event" && from === "ship1");
    expect(events).toContainEqual(expect.objectContaining({ subject: "log", data: ["hello\n"] }));
    expect(events.filter(({ subject }) => subject === "error").length).toBeGreaterThan(4);
    expect(final("old")).toMatchObject({ subject: "textLogging", message: { data: ["a line of old"] } });
  });

  test("messages with an unknown requirement: run by daemons that do not know `requires`, rejected by all others", () => {
    const knows = recording().info.some((one) => Array.isArray((jsonOf(one) as { features?: unknown }).features));
    if (knows) expect(final("later")).toMatchObject({ state: "rejected", error: { code: "notUnderstood" } });
    else expect(final("later")).toMatchObject({ state: "succeeded", attempt: 1 });
    // Either way it stands in the log with what it required.
    expect(final("later").message?.requires).toEqual(["later"]);
  });

  test("messages in the queue", () => {
    const queued = recording().messages.map((one): Message => {
      const message = check(messageSchema, jsonOf(one));
      expect(jsonOf(one)).toMatchObject(message);
      return message;
    });
    expect(queued.find(({ id }) => id === "waiting")).toMatchObject({
      data: ["echo", "é", ""],
      timeout: "5m",
      retries: 2,
      retryWait: "1s",
      expires: "7d",
      reply: { node: "ship1", subject: "log" },
    });
    expect(queued.find(({ id }) => id === "careful")).toMatchObject({ delivery: "atMostOnce" });
  });

  test("schedules and firings", () => {
    const rules = recording().schedules.flatMap((one) => {
      expect(jsonOf(one)).toMatchObject(check(messageSchema, jsonOf(one)));
      const said = one.headers["Nats-Schedule"];
      return said === undefined ? [] : [parseRule(said, one.headers["Nats-Schedule-Time-Zone"] ?? "")];
    });
    expect(rules).toContainEqual({ kind: "every", everyMs: 1000 });
    expect(rules).toContainEqual({ kind: "at", at: "2100-01-01T00:00:00.000Z" });
    expect(rules).toContainEqual({ kind: "cron", cron: "0 30 4 * * 1-5", timeZone: "Europe/Oslo" });
  });

  test("a node's info, its presence, its held lanes, and a group", () => {
    const { info, presence, holds, groups } = recording();
    expect(jsonOf(info.at(-1)!)).toMatchObject({ labels: { site: "oslo" }, central: "ship1" });
    for (const one of presence) expect(jsonOf(one)).toMatchObject(parsePresence(bytesOf(one))!);
    expect(parsePresence(bytesOf(presence.at(-1)!))).toMatchObject({
      host: "host1",
      lanes: expect.anything() as unknown,
    });
    const entries = new Map(holds.map((one) => [one.subject.split(".lane.")[1], parseLaneEntry(bytesOf(one))!]));
    for (const one of holds) expect(jsonOf(one)).toMatchObject(parseLaneEntry(bytesOf(one))!);
    expect(entries.get("command.ping")).toMatchObject({ state: "paused", by: "ann", reason: "night" });
    expect(entries.get("command.shellCommand")).toMatchObject({ state: "quarantined", by: "kernel" });
    expect(entries.get("command.other")).toMatchObject({ state: "resumed", by: "ann" });
    expect(parseGroup(bytesOf(groups.at(-1)!))).toEqual({ nodes: ["ship1", "ship2"] });
  });

  test("the answers of a daemon", () => {
    const answer = (verb: string): Recorded => recording().answers.find(({ subject }) => subject.endsWith(`.${verb}`))!;
    expect(parsePresence(bytesOf(answer("status")))).toMatchObject({ host: "host1" });
    const running = { id: "stopped", attempt: 1, startedAt: expect.any(String) as string };
    const lanes = fitting(lanesPageSchema, jsonOf(answer("lanes")))?.lanes;
    expect(lanes).toContainEqual({ name: "command.shell", waiting: 0, running: [running] });
    expect(lanes?.find(({ name }) => name === "command.shellCommand")?.hold?.state).toBe("quarantined");
    expect(fitting(outputAnswerSchema, jsonOf(answer("output")))).toMatchObject({ offset: 0, ended: false });
    expect(isCancelling(jsonOf(answer("cancel")))).toBe(false);
    expect(jsonOf(answer("pause"))).toMatchObject({ state: "paused", by: "ann", reason: "asked" });
    expect(answer("restart").headers).toMatchObject({
      [errorCodeHeader]: "400",
      [errorHeader]: expect.any(String) as string,
    });
    expect(answer("dance").headers).toMatchObject({ [errorCodeHeader]: "404" });
    expect(jsonOf(answer("steward-node"))).toMatchObject({ name: "steward-node", metadata: { node: "ship1" } });
  });

  test("the live output of a run", () => {
    const chunks = recording().output.map((one) => {
      const headers = newHeaders();
      for (const [name, value] of Object.entries(one.headers)) headers.set(name, value);
      return parseChunk({ subject: one.subject, headers, data: bytesOf(one) })!;
    });
    const printed = (stream: string): string =>
      Buffer.concat(chunks.filter((chunk) => chunk.stream === stream).map(({ bytes }) => bytes)).toString();
    expect([printed("stdout"), printed("stderr")]).toEqual(["a\n", "b\n"]);
    expect(chunks[0]).toMatchObject({
      address: { node: "ship1", subject: "shell", id: "live" },
      attempt: 1,
      offset: 0,
    });
  });
}

function jsonOf(one: Recorded): unknown {
  return parseJson(bytesOf(one));
}
