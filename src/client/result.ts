import { isFinal, type Ack, type FinalState, type Unlisted } from "../protocol/ack.ts";
import { heldBytes } from "../protocol/ack-output.ts";
import { StewardError } from "../protocol/errors.ts";
import type { Outcome as MessageOutcome } from "../send/outcome.ts";

/** How a message ended on one node. */
export interface Outcome {
  readonly node: string;
  readonly state: FinalState | Unlisted;
  /** It succeeded. */
  readonly ok: boolean;
  /** The number of the run, from 1; 0 when nothing ran. */
  readonly attempt: number;
  readonly exitCode?: number | undefined;
  /** The output of the run in the ACK. Bytes that are not UTF-8 are replaced; `ack` has them. */
  readonly stdout: string;
  readonly stderr: string;
  /** A part in the middle of `stdout` or `stderr` is left out. */
  readonly truncated: boolean;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  /** The record in the log; not set for a message that expired before its node recorded that. */
  readonly ack?: Ack | undefined;
}

/** What is known about a message on all of its nodes. */
export interface Result {
  /** The message has ended on all nodes, and succeeded on all. */
  readonly ok: boolean;
  readonly outcomes: readonly Outcome[];
  /** The nodes on which it has not ended. */
  readonly pending: readonly string[];
  /** Its standing on each node, in their order: queued, running, retrying, expired or final. */
  readonly standings: readonly MessageOutcome[];
  /** The outcomes, if `ok`. @throws StewardError notAllOk */
  orThrow(): readonly Outcome[];
}

/** The result for these standings. `isOk` decides which outcomes count as ok. */
export function resultOf(
  standings: readonly MessageOutcome[],
  isOk: (outcome: Outcome) => boolean = (outcome) => outcome.ok,
): Result {
  const ended = standings.filter(hasEnded);
  const outcomes = ended.map(outcomeOfMessage);
  const open = standings.filter((one) => !hasEnded(one));
  const pending = [...new Set(open.map(({ address }) => address.node))];
  const ok = pending.length === 0 && outcomes.every(isOk);
  return {
    ok,
    outcomes,
    pending,
    standings,
    orThrow: () => {
      if (ok) return outcomes;
      throw notAllOk(standings.filter((one) => !hasEnded(one) || !isOk(outcomeOfMessage(one))));
    },
  };
}

/** The short form of an ACK. */
export function outcomeOfAck(ack: Ack): Outcome {
  const { node, state, attempt, exitCode, output, error } = ack;
  const [stdout, stderr] = (["stdout", "stderr"] as const).map((stream) => output && heldBytes(output, stream));
  return {
    node,
    state,
    ok: state === "succeeded",
    attempt,
    exitCode,
    stdout: stdout?.toString() ?? "",
    stderr: stderr?.toString() ?? "",
    truncated: output?.truncated !== undefined,
    error,
    ack,
  };
}

function hasEnded({ standing }: MessageOutcome): boolean {
  return standing === "final" || standing === "expired";
}

/** How a message ended, or that it expired in the queue. */
export function outcomeOfMessage({ address, ack }: Pick<MessageOutcome, "address" | "ack">): Outcome {
  if (ack !== undefined && isFinal(ack)) return outcomeOfAck(ack);
  const error = { code: "expired", message: "it expired in the queue; its node has not recorded that yet" };
  const none = { attempt: 0, stdout: "", stderr: "", truncated: false };
  return { node: address.node, state: "expired", ok: false, ...none, error };
}

function notAllOk([first, ...others]: readonly MessageOutcome[]): StewardError {
  const { id = "", node = "" } = first?.address ?? {};
  const more = others.length === 0 ? "" : ` (and of ${others.length} more)`;
  if (first === undefined || !hasEnded(first)) {
    return new StewardError("notAllOk", `${id} has not ended on ${node}: ${first?.standing}${more}`, { id });
  }
  const { state, error } = outcomeOfMessage(first);
  const why = error === undefined ? "" : `: ${error.message}`;
  return new StewardError("notAllOk", `${id} ${state} on ${node}${why}${more}`, { id });
}
