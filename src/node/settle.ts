import type { Link } from "../broker/write/journal.ts";
import { StewardError } from "../protocol/errors.ts";
import { typeAndSubject } from "../protocol/subjects.ts";
import type { Ending, MessageProcess } from "./message-process.ts";
import { noticesOf, quarantineNotice } from "./notices.ts";
import type { Parts } from "./parts.ts";

/** The part of a lane that the end of a message can affect. */
export interface SettledLane {
  readonly name: string;
  /** Asks for a new lane, which takes the place of this lane and begins with the next message. */
  restart(): void;
}

/**
 * Settles a message. No other function of the daemon removes messages from the queue. The guarantees depend on the
 * order of the steps, because the daemon may end between any two of them. Then the message is delivered again, the next
 * daemon finds the final ACK, and repeats the steps.
 */
export async function settle(parts: Parts, lane: SettledLane, process: MessageProcess, ending: Ending): Promise<void> {
  const { settings, kernel, holds, notices, remover, shutdown } = parts;
  const { taken } = process;
  // Record. After this step no process runs the message again.
  const end = await process.close(ending);
  logEnd(parts, taken.address, end);
  // Judge.
  const verdict = kernel.judge(end.ack);
  const reason = `${taken.address.id} ${end.ack.state}: ${end.ack.error?.message ?? "no reason given"}`;
  // Hold. The hold must be stored before the removal. Otherwise, after a crash between the two, the next message would
  // run.
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
  // Remove, but only if the hold was stored. Otherwise the next daemon must judge the message again.
  if (isKept) remover.remove(taken);
  // Restart or shut down, but only if this daemon wrote the final ACK. The end of an earlier daemon has had the effect
  // of both.
  if (end.ack.instance !== parts.instance) return;
  if (verdict === "restart") lane.restart();
  if (verdict === "shutdown") shutdown.ask(new StewardError("shutDown", `stopped by the error kernel: ${reason}`));
}

function logEnd({ log }: Parts, address: MessageProcess["taken"]["address"], { ack }: Link): void {
  const { state, durationMs } = ack;
  // There may be thousands of events in a second, and the log of ACKs has every event.
  const level = state === "succeeded" && address.messageType === "event" ? "debug" : "info";
  log[level]({ id: address.id, lane: typeAndSubject(address), state, durationMs }, "message ended");
}
