import { hostname } from "node:os";
import { serveMicroService } from "../broker/control/micro-service.ts";
import {
  cancelRequestSchema,
  controlVerbs,
  laneRequestSchema,
  lanesRequestSchema,
  outputRequestSchema,
  type CancelAnswer,
  type CancelRequest,
  type ControlVerb,
  type LaneReport,
  type LanesPage,
  type NodeReport,
  type OutputAnswer,
  type OutputRequest,
} from "../protocol/control.ts";
import { messageOf, StewardError } from "../protocol/errors.ts";
import { features, protocol } from "../protocol/features.ts";
import type { LaneHold } from "../protocol/lane-hold.ts";
import { check } from "../protocol/message.ts";
import { controlSubject, laneOf, parseLaneName } from "../protocol/subjects.ts";
import { version } from "../protocol/version.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Intake } from "./intake.ts";
import type { Parts } from "./parts.ts";
import { presenceOf } from "./presence.ts";

/** The actions of live control on a daemon. The name of a lane is `messageType.subject`. */
export class Controls {
  readonly #parts: Parts;
  readonly #dispatcher: Dispatcher;
  readonly #intake: Intake;

  constructor(parts: Parts, dispatcher: Dispatcher, intake: Intake) {
    this.#parts = parts;
    this.#dispatcher = dispatcher;
    this.#intake = intake;
  }

  status(): NodeReport {
    const { draining } = this.#dispatcher;
    const { verdicts } = this.#parts.kernel;
    return { ...presenceOf(this.#parts, this.#dispatcher), draining, resyncs: this.#intake.resyncs, verdicts };
  }

  lanes(): LaneReport[] {
    return this.#dispatcher.lanes();
  }

  /** Holds the lane, so that the next message of the lane does not begin. Resolves when the hold is stored. */
  async pause(lane: string, hold: LaneHold): Promise<void> {
    assertStored(await this.#parts.holds.hold(lane, hold));
  }

  /** Ends the hold of a lane. Ends the drain if no lane is given. */
  async resume(lane: string | undefined, by: string): Promise<void> {
    if (lane === undefined) return this.#dispatcher.endDrain();
    const isStored = await this.#parts.holds.resume(lane, by);
    this.#dispatcher.wake(lane);
    assertStored(isStored);
  }

  /**
   * Ends the running messages of the lane, which then run again. A message that may run at most once ends as
   * `interrupted` instead.
   */
  async restart(lane: string): Promise<void> {
    if (await this.#dispatcher.restart(lane)) return;
    throw new StewardError("refused", `nothing runs or waits in the lane ${lane}`);
  }

  cancel(request: CancelRequest): CancelAnswer {
    return { outcome: this.#dispatcher.cancel(request) ? "cancelling" : "notRunning" };
  }

  /** The output of a run, as far as the daemon has kept the output. */
  output(request: OutputRequest): OutputAnswer {
    return this.#parts.liveOutput.answer(request);
  }

  /** From now on, no further message begins in any lane. */
  drain(): void {
    this.#dispatcher.drain();
  }

  /** Stops the daemon in the same way as a signal. */
  stop(): void {
    this.#parts.shutdown.ask();
  }
}

function assertStored(isStored: boolean): void {
  if (isStored) return;
  throw new StewardError("refused", "done, but the broker did not store it: it will be lost when the daemon restarts");
}

/**
 * Serves the live control of a node as the micro service `steward-node`. Each verb has one endpoint. The service
 * refuses an incomplete or impossible request with one line of text.
 */
export function serveNodeControl(
  { broker, settings: { name: node }, instance }: Pick<Parts, "broker" | "settings" | "instance">,
  controls: Controls,
): void {
  const { namespace } = broker;
  const answers = answersOf(controls, () => Math.min(longestAnswer, broker.maxPayload / 2));
  serveMicroService(broker, {
    name: "steward-node",
    id: instance,
    version,
    description: "The daemon of a node of Steward",
    metadata: { namespace, node, instance, host: hostname(), protocol: String(protocol), features: features.join(" ") },
    endpoints: controlVerbs.map((verb) => ({
      name: verb,
      subject: controlSubject(namespace, node, verb),
      answer: async (body) => withOrigin(await answers[verb](body)),
    })),
  });
}

/** Adds the daemon's protocol version and features to the answer, unless the answer is a list. */
function withOrigin(answer: unknown): unknown {
  return typeof answer !== "object" || Array.isArray(answer) ? answer : { ...answer, protocol, features };
}

const done = { done: true };

/** The most bytes of a page of lanes. On a slow link, other answers wait behind the page. */
const longestAnswer = 256 * 1024;

function answersOf(controls: Controls, longestPage: () => number): Record<ControlVerb, (body: Uint8Array) => unknown> {
  return {
    status: () => controls.status(),
    lanes: (body) => {
      const { after } = check(lanesRequestSchema, parse(body));
      const page = pageOf(controls.lanes(), after ?? "", longestPage());
      // Clients that do not know pages expect an array.
      return after === undefined ? page.lanes : page;
    },
    pause: async (body) => {
      const { lane, by, reason = "" } = check(laneRequestSchema, parse(body));
      const hold: LaneHold = { state: "paused", since: new Date().toISOString(), by, reason };
      await controls.pause(laneNamed(lane), hold);
      return hold;
    },
    resume: async (body) => {
      const { lane, by } = check(laneRequestSchema, parse(body));
      await controls.resume(lane === undefined ? undefined : laneNamed(lane), by);
      return done;
    },
    restart: async (body) => {
      await controls.restart(laneNamed(check(laneRequestSchema, parse(body)).lane));
      return done;
    },
    cancel: (body) => controls.cancel(check(cancelRequestSchema, parse(body))),
    output: (body) => controls.output(check(outputRequestSchema, parse(body))),
    drain: () => {
      controls.drain();
      return done;
    },
    stop: () => {
      controls.stop();
      return done;
    },
  };
}

/** The lanes after the name `after`, as many as fit into `bytes`. */
function pageOf(all: readonly LaneReport[], after: string, bytes: number): LanesPage {
  const behind = all.filter(({ name }) => name > after);
  let left = bytes;
  const tooFar = behind.findIndex((lane, at) => (left -= Buffer.byteLength(JSON.stringify(lane)) + 1) < 0 && at > 0);
  const lanes = tooFar < 0 ? behind : behind.slice(0, tooFar);
  return { lanes, more: behind.length - lanes.length };
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** An empty request is enough for verbs without parameters. */
function parse(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    throw new StewardError("badMessage", `the request is not JSON: ${messageOf(error).slice(0, 200)}`);
  }
}

/** The lane that a name means. For example, `textLogging` messages run in the lane `log`. */
function laneNamed(text: string | undefined): string {
  if (text === undefined) throw new StewardError("badMessage", `name the lane, such as {"lane":"command.exec"}`);
  const lane = parseLaneName(text);
  if (lane !== undefined) return laneOf(lane);
  throw new StewardError("badName", `"${text.slice(0, 200)}" is not a lane; write it as command.exec or event.log`);
}
