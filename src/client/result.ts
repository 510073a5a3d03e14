import { isFinal, type Ack, type FinalState, type Unlisted } from "../protocol/ack.ts";
import { heldBytes } from "../protocol/ack-output.ts";
import { StewardError } from "../protocol/errors.ts";
import type { Outcome as MessageOutcome } from "../send/outcome.ts";

/** The end of a message on one node. */
export interface Outcome {
  readonly node: string;
  readonly state: FinalState | Unlisted;
  /** True if the message succeeded. */
  readonly ok: boolean;
  /** The number of the run. The first run has the number 1. 0 means that the message did not run. */
  readonly attempt: number;
  readonly exitCode?: number | undefined;
  /**
   * The output of the run, as far as the ACK contains it. Bytes that are not UTF-8 are replaced. `ack` contains the
   * original bytes.
   */
  readonly stdout: string;
  readonly stderr: string;
  /** True if a part in the middle of `stdout` or `stderr` is left out. */
  readonly truncated: boolean;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  /** The final ACK in the log. Not set if the message has expired and its node has not written the final ACK yet. */
  readonly ack?: Ack | undefined;
}

/** The known state of a message on all of its nodes. */
export interface Result {
  /** True if the message has ended on all nodes, and succeeded on all nodes. */
  readonly ok: boolean;
  readonly outcomes: readonly Outcome[];
  /** The nodes on which the message has not ended. */
  readonly pending: readonly string[];
  /**
   * The standing of the message on each node, in the order of the nodes: queued, running, retrying, expired or final.
   */
  readonly standings: readonly MessageOutcome[];
  /** Returns the outcomes if `ok` is true. @throws StewardError notAllOk */
  orThrow(): readonly Outcome[];
}

/** The result for these standings. `isOk` says which outcomes count as ok. */
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

/** The end of a message. Without an ACK, the message has expired in the queue. */
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
