import type { Link } from "../broker/write/journal.ts";
import { StewardError } from "../protocol/errors.ts";
import { typeAndSubject } from "../protocol/subjects.ts";
import type { Ending, MessageProcess } from "./message-process.ts";
import { noticesOf, quarantineNotice } from "./notices.ts";
import type { Parts } from "./parts.ts";

/** The lane of a message, as far as the end of the message affects it. */
export interface SettledLane {
  readonly name: string;
  /** Asks for another lane to take this one's place and begin with the next message. */
  restart(): void;
}

/**
 * Settles a message. No other function acknowledges one. The guarantees depend on the order of its steps, since the
 * daemon may end between any two of them. Then the message is delivered again, its final ACK is found, and the steps
 * are repeated.
 */
export async function settle(parts: Parts, lane: SettledLane, process: MessageProcess, ending: Ending): Promise<void> {
  const { settings, kernel, holds, notices, taken: all, acknowledger, shutdown } = parts;
  const { taken } = process;
  // Record: from here on no process runs the message again.
  const end = await process.close(ending);
  logEnd(parts, taken.address, end);
  // Judge.
  const verdict = kernel.judge(end.ack);
  const reason = `${taken.address.id} ${end.ack.state}: ${end.ack.error?.message ?? "no reason given"}`;
  // Hold: stored before the message is acknowledged; otherwise a crash in between would let the next one run.
  const isNew = verdict === "quarantine" && !holds.isJudged(lane.name, end);
  const isKept = !isNew || (await holds.quarantine(lane.name, reason, end.sequence));
  // Notify.
  const following = noticesOf(taken.address, end.ack, settings);
  const hold = holds.of(lane.name);
  if (hold?.state === "quarantined" && hold.behind === end.sequence) {
    following.push(quarantineNotice(lane.name, hold, settings));
  }
  await notices.send(following);
  kernel.settled(lane.name);
  // Acknowledge: only if the hold was stored; otherwise the next daemon judges again.
  if (isKept && all.remove(taken)) acknowledger.acknowledge(taken);
  // Restart or shut down: only if this daemon ended the message; otherwise the earlier daemon has done so.
  if (end.ack.instance !== parts.instance) return;
  if (verdict === "restart") lane.restart();
  if (verdict === "shutdown") shutdown.ask(new StewardError("shutDown", `stopped by the error kernel: ${reason}`));
}

function logEnd({ log }: Parts, address: MessageProcess["taken"]["address"], { ack }: Link): void {
  const { state, durationMs } = ack;
  // There may be thousands of events a second, and the log of ACKs has each.
  const level = state === "succeeded" && address.messageType === "event" ? "debug" : "info";
  log[level]({ id: address.id, lane: typeAndSubject(address), state, durationMs }, "message ended");
}
