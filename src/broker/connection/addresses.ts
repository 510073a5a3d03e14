import { StewardError } from "../../protocol/errors.ts";

/** A broker's address, taken apart. User and password may hold any character but a comma, which separates addresses. */
interface BrokerAddress {
  /** `nats` or `tls`, or whatever else stands before `://`; undefined when nothing does. */
  readonly scheme: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** What follows: the host and perhaps a port. */
  readonly host: string;
}

/** Takes apart one address or several with commas between. By hand: a URL ends at the first `/`, `?` or `#` of a password. */
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

/** Where the brokers are, who to be there, and whether one address asks for TLS: the client library reads only the host. */
export interface Addresses {
  /** Without user and password. */
  readonly urls: readonly URL[];
  /** The last that is given. A user without a password is a token. */
  readonly login: { readonly user?: string; readonly pass?: string };
  readonly isTls: boolean;
}

/** Reads one broker address or several with commas between. @throws StewardError badSettings */
export function readAddresses(text: string): Addresses {
  const addresses = splitAddresses(text);
  const urls = addresses.map(({ scheme = "nats", host }, index) => {
    const href = `${scheme}://${host}`;
    const url = URL.canParse(href) ? new URL(href) : undefined;
    if (url !== undefined && ["nats:", "tls:"].includes(url.protocol) && url.hostname !== "") return url;
    // The host may be a piece of a password then, so it is not shown.
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

/** Addresses as they may be shown: `hidden` stands for each password, and for a name alone, which is a token. */
export function shownAddresses(text: string, hidden: string): string {
  const shown = splitAddresses(text).map(({ scheme, user, password, host }) => {
    const login = password === undefined ? hidden : `${user ?? ""}:${hidden}`;
    return `${scheme === undefined ? "" : `${scheme}://`}${user === undefined ? "" : `${login}@`}${host}`;
  });
  return shown.join(", ");
}

/** A text with `%40` and the like in it; as it stands when a `%` in it is only that. */
function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return text;
  }
}
