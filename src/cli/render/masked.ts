import { shownAddresses } from "../../broker/connection/addresses.ts";

/** The text that is shown instead of a secret. */
export const mask = "********";

/** Addresses of brokers, without their secrets. */
export function maskedAddresses(servers: string): string {
  return shownAddresses(servers, mask);
}
