import { shownAddresses } from "../../broker/connection/addresses.ts";

/** What is shown in the place of a secret. */
export const mask = "********";

/** Broker addresses without the secrets in them. */
export function maskedAddresses(servers: string): string {
  return shownAddresses(servers, mask);
}
