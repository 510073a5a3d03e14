import type { ApiError, JetStreamApiError, JetStreamManager } from "@nats-io/jetstream";
import type { KV } from "@nats-io/kv";
import { errors, type NatsConnection } from "nats";
import { messageOf } from "../../protocol/errors.ts";
import { refusedBy } from "./api.ts";
import { SilenceError, type Broker } from "./broker.ts";
import { serverCodes } from "./server-codes.ts";

/**
 * Uses `@nats-io/jetstream` to manage streams and consumers. Rejects with silence (see `isSilence`) if no answer comes
 * or a cluster has no leader. Rejects with the package's error if the broker refuses; `refusalIn` finds the broker's
 * refusal in that error. The packages are loaded at their first use, because loading takes 10 ms. So a send and
 * the shell completion work without the packages.
 */
export async function useManager<T>(
  broker: Broker,
  act: (manager: JetStreamManager) => Promise<T>,
  timeout: number = 5000,
): Promise<T> {
  const { jetstreamManager } = await import("@nats-io/jetstream");
  try {
    return await act(await jetstreamManager(connectionOf(broker), { checkAPI: false, timeout }));
  } catch (error) {
    if (refusalIn(error)?.err_code === serverCodes.noLeader) throw new SilenceError(messageOf(error));
    throw error;
  }
}

/**
 * Manages a stream or its consumers with `useManager`. If the broker refuses, the error begins with `failed`, which
 * says what the broker did not do.
 * @throws StewardError streamsMissing, brokerRefused
 */
export async function manageStream<T>(
  broker: Broker,
  { stream, failed, timeout }: { readonly stream: string; readonly failed: string; readonly timeout?: number },
  act: (manager: JetStreamManager) => Promise<T>,
): Promise<T> {
  try {
    return await useManager(broker, act, timeout);
  } catch (error) {
    const refusal = refusalIn(error);
    throw refusal === undefined ? error : refusedBy(stream, refusal, failed);
  }
}

/** A bucket of `@nats-io/kv`, to read, write and watch. A single entry may be read from any replica. */
export async function bucketOf(broker: Broker, bucket: string): Promise<KV> {
  const [{ jetstream }, { Kvm }] = await Promise.all([import("@nats-io/jetstream"), import("@nats-io/kv")]);
  return new Kvm(jetstream(connectionOf(broker))).open(bucket, { allow_direct: true });
}

/** The broker's refusal. Undefined if a package's error has another cause. */
export function refusalIn(error: unknown): ApiError | undefined {
  if (!(error instanceof Error)) return undefined;
  // The error is recognised by its shape, because the error's class is loaded only with the package.
  return "apiError" in error ? (error as JetStreamApiError).apiError() : refusalIn(error.cause);
}

/**
 * The connection for the packages. Steward's requests replace the requests of the client library. Steward's requests
 * fail at once when the connection is lost, and go out together with the other writes of the same turn.
 */
function connectionOf(broker: Broker): NatsConnection {
  const connection = Object.create(broker.nc) as NatsConnection;
  connection.request = async (subject, payload, options) => {
    try {
      return await broker.request(subject, payload ?? "", options);
    } catch (error) {
      // The packages would report "JetStream is not enabled". That report is wrong while a cluster elects a leader.
      if (error instanceof errors.RequestError && error.isNoResponders()) throw new SilenceError(error.message);
      throw error;
    }
  };
  return connection;
}
