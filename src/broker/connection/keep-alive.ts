import type { NatsConnection } from "nats";
import { setImmediate as pending, setTimeout as delay } from "node:timers/promises";
import { giveUp, signsOfLife } from "./socket.ts";

export interface KeepAlive {
  /** If there is no sign of life on the link for this time, in milliseconds, the broker is asked for an answer. */
  readonly silentMs: number;
  /** The time for this answer, in milliseconds. Without an answer or another sign of life, the link counts as dead. */
  readonly answerMs: number;
}

/**
 * With the default settings, an idle daemon renews its presence at least every 40 s, and the broker's answer is a sign
 * of life. So an idle link is not asked in addition.
 */
const usual: KeepAlive = { silentMs: 42_500, answerMs: 20_000 };

/**
 * Reconnects after the link has died without a notice. Returns when the connection is closed. The pings of the client
 * library are not used, for three reasons. First, the library pings at a fixed interval, even if the broker has just
 * answered, which costs much with 10,000 idle nodes. Second, it treats a link that is busy with a large message as
 * dead. Third, before it reconnects, it waits until the dead link has taken all pending writes. With a full kernel
 * buffer, that wait takes a quarter of an hour.
 */
export async function keepAlive(nc: NatsConnection, { silentMs, answerMs }: KeepAlive = usual): Promise<void> {
  const over = new AbortController();
  void nc.closed().then(() => over.abort());

  /** True if there is no sign of life for `ms`. After a sign of life, resolves to false within a quarter of `ms`. */
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
