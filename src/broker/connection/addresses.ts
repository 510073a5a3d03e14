import { StewardError } from "../../protocol/errors.ts";

/**
 * A broker's address in parts. User and password may contain any character except a comma, because a comma separates
 * addresses.
 */
interface BrokerAddress {
  /** The text before `://`, such as `nats` or `tls`. Undefined if the address has no such text. */
  readonly scheme: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** The rest of the address: the host, and a port if given. */
  readonly host: string;
}

/**
 * Splits one address, or several addresses with commas between them. Does not use `URL`, because `URL` would end a
 * password at its first `/`, `?` or `#`.
 */
function splitAddresses(text: string): BrokerAddress[] {
  return text.split(",").map((part) => {
    const [, scheme, rest = ""] = /^(?:([^:/@]*):\/\/)?(.*)$/s.exec(part.trim()) ?? [];
    const at = rest.lastIndexOf("@");
    const login = at < 0 ? undefined : rest.slice(0, at);
    const colon = login?.indexOf(":") ?? -1;
    return {
      scheme,
      user: colon < 0 ? decoded(login) : decoded(login?.slice(0, colon)),
      password: colon < 0 ? undefined : decoded(login?.slice(colon + 1)),
      host: rest.slice(at + 1),
    };
  });
}

/**
 * The brokers' addresses and the login. `isTls` is true if an address asks for TLS. The client library reads only the
 * host from an address.
 */
export interface Addresses {
  /** The addresses without user and password. */
  readonly urls: readonly URL[];
  /** The last user and the last password in the addresses. A user without a password is a token. */
  readonly login: { readonly user?: string; readonly pass?: string };
  readonly isTls: boolean;
}

/** Reads one broker address, or several addresses with commas between them. @throws StewardError badSettings */
export function readAddresses(text: string): Addresses {
  const addresses = splitAddresses(text);
  const urls = addresses.map(({ scheme = "nats", host }, index) => {
    const href = `${scheme}://${host}`;
    const url = URL.canParse(href) ? new URL(href) : undefined;
    if (url !== undefined && ["nats:", "tls:"].includes(url.protocol) && url.hostname !== "") return url;
    // With an `@` in the text, the host may be a part of a password, so the host is not shown.
    const which = text.includes("@") ? `number ${index + 1} of the broker addresses` : `"${host}"`;
    const wayOut = "write it as nats://host:4222, and a comma in a user name or password as %2C";
    throw new StewardError("badSettings", `${which} is not a broker address; ${wayOut}`);
  });
  const user = addresses.findLast((one) => one.user)?.user;
  const pass = addresses.findLast((one) => one.password)?.password;
  return {
    urls,
    login: { ...(user === undefined ? {} : { user }), ...(pass === undefined ? {} : { pass }) },
    isTls: urls.some(({ protocol }) => protocol === "tls:"),
  };
}

/**
 * Addresses for display. `hidden` replaces each password, and each user without a password, because such a user is a
 * token.
 */
export function shownAddresses(text: string, hidden: string): string {
  const shown = splitAddresses(text).map(({ scheme, user, password, host }) => {
    const login = password === undefined ? hidden : `${user ?? ""}:${hidden}`;
    return `${scheme === undefined ? "" : `${scheme}://`}${user === undefined ? "" : `${login}@`}${host}`;
  });
  return shown.join(", ");
}

/** Decodes codes such as `%40`. If a `%` does not begin such a code, the text is unchanged. */
function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}
