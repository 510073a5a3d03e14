import type { NatsConnection } from "nats";
import type { Socket } from "node:net";

/** A connection's present socket. Not part of the client library's interface: undefined where it is not found. */
export function socketOf(nc: NatsConnection): Socket | undefined {
  const { protocol } = nc as { protocol?: { readonly transport?: { readonly socket?: Socket } } };
  return protocol?.transport?.socket;
}
