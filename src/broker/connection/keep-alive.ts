import type { NatsConnection } from "nats";
import { setImmediate as pending, setTimeout as delay } from "node:timers/promises";
import { giveUp, signsOfLife } from "./socket.ts";

export interface KeepAlive {
  /**
   * After this time without a sign that the link is alive, the broker is asked for an answer. Both times are in
   * milliseconds.
   */
  readonly silentMs: number;
  /** The time for this answer. After it, the link counts as dead. */
  readonly answerMs: number;
}

/**
 * By default, an idle daemon renews its presence at least every 40 s. While the broker answers these renewals, nothing
 * more is asked.
 */
const usual: KeepAlive = { silentMs: 42_500, answerMs: 20_000 };

/**
 * Reconnects after the link has died without a notice. Returns when the connection is closed. The client library has a
 * similar function with three disadvantages. First, the library pings every 20 s from each of 10,000 idle nodes, even
 * if the broker has just answered. Second, the library treats a link that is busy with a large message as dead. Third,
 * the library waits until the dead link has taken all pending writes. With a full kernel buffer, that wait takes a
 * quarter of an hour.
 */
export async function keepAlive(nc: NatsConnection, { silentMs, answerMs }: KeepAlive = usual): Promise<void> {
  const over = new AbortController();
  void nc.closed().then(() => over.abort());

  /** Ends soon after a sign of life, so that the next silence is measured from there. */
  const isSilent = async (ms: number): Promise<boolean> => {
    for (let looks = 0; looks < 4; looks++) {
      const isAlive = signsOfLife(nc);
      await delay(ms / 4, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
      // Timers run before input is read. So after a busy time, this wait lets Node handle the received input first.
      await pending();
      if (over.signal.aborted || isAlive()) return false;
    }
    return true;
  };

  while (!over.signal.aborted) {
    if (!(await isSilent(silentMs))) continue;
    let isAnswered = false;
    void nc.flush().then(
      () => (isAnswered = true),
      () => undefined,
    );
    if ((await isSilent(answerMs)) && !isAnswered) await giveUp(nc);
  }
}
