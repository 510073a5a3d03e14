import { errors } from "nats";
import { OutputCapture } from "../../../../src/exec/captured-output.ts";
import { FollowedOutput } from "../../../../src/follow/followed-output.ts";
import type { LiveEvent, LiveSink } from "../../../../src/follow/live-event.ts";
import { toOutput } from "../../../../src/handlers/output.ts";
import type { Ack, OutputStream } from "../../../../src/protocol/ack.ts";
import type { OutputRequest } from "../../../../src/protocol/control.ts";
import { typeAndSubject, type Address } from "../../../../src/protocol/subjects.ts";
import { answerOf, found, headersWith, msgOf, notFound, scriptedBroker } from "../../broker/support.ts";

export const address: Address = { node: "ship1", messageType: "command", subject: "exec", id: "a" };

/** What a daemon does when it is asked: it sends the output that it keeps, or has none, or does not run. */
type Kept = { readonly text: string; readonly from?: number; readonly ended?: boolean } | "nothing" | "nobody";

export interface Followed extends Disposable {
  readonly live: FollowedOutput;
  readonly events: LiveEvent[];
  /** The requests to the daemon: attempt and offset. */
  readonly asked: string[];
  /** The stdout of each attempt. The part that the daemon keeps may change at any time. */
  readonly kept: Map<number, Kept>;
  /** The ACKs in the journal. */
  readonly journal: Ack[];
  publish(text: string, offset: number, where?: { attempt?: number; stream?: OutputStream; address?: Address }): void;
  /** The connection is lost and comes back. */
  reconnect(): void;
  /** The bytes that were handed on, as text, with gaps as `[3-7]`. */
  shown(stream?: OutputStream): string;
}

/** A reader of one message, with a scripted broker and daemon. */
export function followed({ sink = () => {}, late = false }: { sink?: LiveSink; late?: boolean } = {}): Followed {
  const kept: Followed["kept"] = new Map();
  const asked: string[] = [];
  const journal: Ack[] = [];
  const scripted = scriptedBroker(({ subject, body }) => {
    if (subject.startsWith("$JS.API.DIRECT.GET")) {
      const { seq } = JSON.parse(body) as { seq: number };
      const ack = journal[seq - 1];
      return ack === undefined ? notFound() : found(seq, JSON.stringify(ack));
    }
    const { attempt, stream, offset, limit = 0 } = JSON.parse(body) as OutputRequest;
    asked.push(`${attempt} ${stream} ${offset}`);
    const run = kept.get(attempt) ?? "nothing";
    if (run === "nobody") return new errors.NoRespondersError("s");
    const refusal = { "Nats-Service-Error-Code": "400", "Nats-Service-Error": "nothing is kept" };
    if (run === "nothing") return msgOf({ headers: headersWith(refusal) });
    const all = Buffer.from(stream === "stdout" ? run.text : "");
    const from = Math.min(all.length, Math.max(offset, run.from ?? 0));
    return answerOf({
      offset: from,
      data: all.subarray(from, from + limit).toString("base64"),
      totals: { stdout: Buffer.byteLength(run.text), stderr: 0 },
      ended: run.ended ?? false,
    });
  });
  const events: LiveEvent[] = [];
  const live = new FollowedOutput(scripted.broker, (event) => {
    events.push(event);
    return sink(event);
  });
  live.follow([address], { mayHaveBegun: late });
  return {
    live,
    events,
    asked,
    kept,
    journal,
    publish: (text, offset, { attempt = 1, stream = "stdout", address: from = address } = {}) => {
      const headers = headersWith({
        "Steward-Lane": typeAndSubject(from),
        "Steward-Attempt": attempt,
        "Steward-Stream": stream,
        "Steward-Offset": offset,
      });
      scripted.deliver(msgOf({ subject: `steward.${from.node}.output.${from.id}`, data: text, headers }));
    },
    reconnect: () => {
      scripted.connection("disconnect");
      scripted.connection("reconnect");
    },
    shown: (wanted = "stdout") => events.map((event) => asText(event, wanted)).join(""),
    [Symbol.dispose]: () => live[Symbol.dispose](),
  };
}

function asText(event: LiveEvent, wanted: OutputStream): string {
  if (event.kind === "output" && event.stream === wanted) return event.bytes.toString();
  if (event.kind === "gap" && event.stream === wanted) return `[${event.from}-${event.to}]`;
  if (event.kind === "attempt") return `<${event.attempt}: ${event.after?.message}>`;
  return event.kind === "cut" ? "<cut>" : "";
}

/** An ACK of the message with the output of a run, cut to `limit` bytes. */
export function ackWith(
  state: Ack["state"],
  { attempt = 1, stdout, limit = 1000 }: { attempt?: number; stdout?: string; limit?: number } = {},
): Ack {
  const capture = new OutputCapture(limit);
  capture.add(Buffer.from(stdout ?? ""));
  const output = toOutput(capture.captured(), new OutputCapture(limit).captured());
  const failed = state === "failed" || state === "retrying";
  return {
    ...address,
    state,
    attempt,
    instance: "i",
    ...(stdout === undefined ? {} : { output }),
    ...(failed ? { error: { code: "exitCode", message: "exit code 1" } } : {}),
  };
}
