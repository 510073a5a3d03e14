import type { NatsConnection } from "nats";
import { setImmediate as pending, setTimeout as delay } from "node:timers/promises";
import { giveUp, signsOfLife } from "./socket.ts";

export interface KeepAlive {
  /** After this time without a sign of life, the broker is asked for one. Both times are in milliseconds. */
  readonly silentMs: number;
  /** After this further time without a sign of life, the link counts as dead. */
  readonly answerMs: number;
}

/** By default a daemon renews its presence every 18 to 22 s: while that is answered, nothing more is asked. */
const usual: KeepAlive = { silentMs: 22_500, answerMs: 20_000 };

/**
 * Reconnects when the link has silently died. Returns when the connection is closed. The client library can do that
 * too, with three disadvantages. It pings even if the broker has just answered, every 20 s from each of 10,000 idle
 * nodes. It takes a link that is busy with a large message for dead. And it waits until the dead link has taken all
 * pending writes: a quarter of an hour where the kernel's buffer is full.
 */
export async function keepAlive(nc: NatsConnection, { silentMs, answerMs }: KeepAlive = usual): Promise<void> {
  const over = new AbortController();
  void nc.closed().then(() => over.abort());

  const isSilent = async (ms: number): Promise<boolean> => {
    const isAlive = signsOfLife(nc);
    await delay(ms, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
    // Timers run before input is read: after a busy time, received input is handled first.
    await pending();
    return !over.signal.aborted && !isAlive();
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
