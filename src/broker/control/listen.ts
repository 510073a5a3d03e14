import type { Broker } from "../connection/broker.ts";

export interface Heard {
  readonly subject: string;
  readonly data: Uint8Array;
}

/**
 * Calls back for each message that is published on the subjects from now on, until the returned function is called. The
 * callback also receives messages that the broker then refuses to store. Messages that are published while the
 * connection is lost are missed.
 */
export async function listen(
  broker: Broker,
  subjects: readonly string[],
  { heard, failed }: { readonly heard: (heard: Heard) => void; readonly failed: (error: Error) => void },
): Promise<() => void> {
  const subscriptions = subjects.map((subject) =>
    broker.nc.subscribe(subject, {
      callback: (error, msg) => (error === null ? heard({ subject: msg.subject, data: msg.data }) : failed(error)),
    }),
  );
  await broker.nc.flush();
  return () => {
    for (const subscription of subscriptions) if (!broker.nc.isClosed()) subscription.unsubscribe();
  };
}
