import type { NatsConnection } from "nats";
import { setImmediate as pending, setTimeout as delay } from "node:timers/promises";
import { giveUp, signsOfLife } from "./socket.ts";

export interface KeepAlive {
  /** After so long without a sign of life from the broker, it is asked for one. In milliseconds, as the other. */
  readonly silentMs: number;
  /** After so long without one from then on, the link is dead. */
  readonly answerMs: number;
}

/** A daemon's presence is renewed every 18 to 22 s unless told otherwise: while that is answered, nothing is asked. */
const usual: KeepAlive = { silentMs: 22_500, answerMs: 20_000 };

/**
 * Makes a connection anew whose link was cut without a word, and ends when it is closed. The client library can do so
 * too, but pings also where the broker has just spoken, every 20 s from each of 10,000 idle nodes; it takes a link for
 * dead that is busy with a large message; and it waits for what it has yet to write on the dead one, for a quarter of an
 * hour where the kernel takes no more.
 */
export async function keepAlive(nc: NatsConnection, { silentMs, answerMs }: KeepAlive = usual): Promise<void> {
  const over = new AbortController();
  void nc.closed().then(() => over.abort());

  const isSilent = async (ms: number): Promise<boolean> => {
    const isAlive = signsOfLife(nc);
    await delay(ms, undefined, { signal: over.signal, ref: false }).catch(() => undefined);
    // Timers run before input is read: after a busy spell what has come in by now gets its turn first.
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
