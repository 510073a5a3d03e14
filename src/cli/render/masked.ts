import { shownAddresses } from "../../broker/connection/addresses.ts";

/** The text that replaces a secret in the output. */
export const mask = "********";

/** The addresses of brokers. Secrets in the addresses are masked. */
export function maskedAddresses(servers: string): string {
  return shownAddresses(servers, mask);
}
