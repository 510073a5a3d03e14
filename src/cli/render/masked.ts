/** What is shown in the place of a secret. */
export const mask = "********";

/** Broker addresses without the secrets in them: a password, or a name alone, which is a token (see `openBroker`). */
export function maskedAddresses(servers: string): string {
  return servers.replaceAll(/(^|\/\/|,\s*)([^/@,:]*)(:[^/@,]*)?@/g, (_all, before: string, user: string, password) =>
    password === undefined ? `${before}${mask}@` : `${before}${user}:${mask}@`,
  );
}
