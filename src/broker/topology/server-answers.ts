import { JetStreamApiError } from "@nats-io/jetstream";
import { TimeoutError } from "nats";
import { messageOf, StewardError } from "../../protocol/errors.ts";
import { serverCodes } from "../connection/server-codes.ts";
import type { ShippedStream } from "./shipped-streams.ts";

export function saysMissing(error: unknown): boolean {
  return hasCode(error, "streamNotFound");
}

/** True if a stream of this name exists with another configuration. */
export function saysTaken(error: unknown): boolean {
  return hasCode(error, "nameTaken");
}

/** True if a limit of the account is too low for the stream. */
export function saysTooMany(error: unknown): boolean {
  return hasCode(error, "consumersLimit", "streamsLimit");
}

/** True if the servers of the cluster have not connected to each other yet, or have no leader. */
export function saysNotYet(error: unknown): boolean {
  if (error instanceof TimeoutError || hasCode(error, "noSuitablePeers")) return true;
  return error instanceof JetStreamApiError && error.status === 503;
}

/** The error for the user after the server has finally refused a request about a stream. */
export function refusal(error: unknown, { name, num_replicas: replicas = 1 }: ShippedStream): StewardError {
  if (saysOff(error)) {
    return new StewardError(
      "jetStreamOff",
      "the broker runs without JetStream for this account: switch it on in the broker's configuration, or start nats-server with -js",
      { cause: error },
    );
  }
  if (hasCode(error, "noSuitablePeers", "notClustered")) {
    return new StewardError(
      "brokerRefused",
      `${name} cannot have ${replicas} replicas, because fewer servers have JetStream and enough room: add servers, or ask for fewer replicas`,
      { cause: error, about: "replicas" },
    );
  }
  if (saysNotYet(error)) {
    return new StewardError(
      "brokerUnreachable",
      `JetStream does not answer for ${name} (${messageOf(error)}): check that most servers of the cluster are up, then repeat`,
      { cause: error },
    );
  }
  return new StewardError(
    "brokerRefused",
    `the broker refused a request for ${name}: ${messageOf(error)}; fix that, then repeat`,
    { cause: error },
  );
}

/**
 * True if JetStream is switched off on the server (no answer) or for the account. The check uses the name of the error,
 * because the library exports no class for this error.
 */
function saysOff(error: unknown): boolean {
  return error instanceof Error && error.name === "JetStreamNotEnabled";
}

function hasCode(error: unknown, ...names: readonly (keyof typeof serverCodes)[]): boolean {
  return error instanceof JetStreamApiError && names.some((name) => serverCodes[name] === error.code);
}
