import { JetStreamApiError, type JetStreamManager } from "@nats-io/jetstream";
import { type NatsConnection, RequestError } from "nats";
import { StewardError } from "../../protocol/errors.ts";
import { isTooOld, minimumServerVersion } from "../server/version.ts";
import { isOff, patiently } from "./patiently.ts";

/**
 * Makes sure that the broker is recent enough and runs JetStream.
 * @throws StewardError brokerTooOld or jetStreamOff
 */
export async function assertServer(nc: NatsConnection, jsm: JetStreamManager): Promise<void> {
  const version = nc.info?.version ?? "";
  if (isTooOld(version)) {
    throw new StewardError(
      "brokerTooOld",
      `the broker at ${nc.getServer()} is nats-server ${version}, and Steward needs ${minimumServerVersion} or newer: upgrade the broker`,
    );
  }
  try {
    await patiently(() => jsm.getAccountInfo());
  } catch (error) {
    if (!saysOff(error)) throw error;
    throw new StewardError(
      "jetStreamOff",
      `the broker at ${nc.getServer()} runs without JetStream for this account: add "jetstream {}" to its configuration, or start it with -js`,
      { cause: error },
    );
  }
}

function saysOff(error: unknown): boolean {
  if (error instanceof JetStreamApiError) return isOff(error);
  return error instanceof Error && error.cause instanceof RequestError && error.cause.isNoResponders();
}
