const require = process.getBuiltinModule("module").createRequire(import.meta.url);
import {
  merge
} from "./chunk-3XC6KFQ2.js";
import {
  readContext,
  selectedContext
} from "./chunk-Y6JR37Y7.js";
import {
  usualNamespace,
  usualServer
} from "./chunk-NGO76LME.js";
import {
  StewardError
} from "./chunk-IH65MIS5.js";

// src/config/connection.ts
import { homedir } from "node:os";
async function withContext({ args, origins }, env) {
  const name = args.context;
  if (name === void 0 && args.server !== void 0) return { args, origins };
  const context = name === void 0 ? await selectedContext(env) : await readContext(name, env);
  if (context === void 0) return { args, origins };
  const origin = { kind: "context", name: context.name, path: context.path };
  return merge([
    { values: args, originOf: (option) => origins[option] },
    { values: context.options, originOf: () => origin }
  ]);
}
function connectionSettings(args) {
  const path = (text) => text?.replace(/^~(?=\/)/, () => homedir());
  return {
    servers: args.server ?? usualServer,
    namespace: args.namespace ?? usualNamespace,
    creds: path(args.creds),
    nkey: path(args.nkey),
    user: args.user,
    password: args.password,
    token: args.token,
    tlsCa: path(args["tls-ca"]),
    tlsCert: path(args["tls-cert"]),
    tlsKey: path(args["tls-key"]),
    tlsFirst: args["tls-first"] === true
  };
}

// src/broker/connection/addresses.ts
function splitAddresses(text) {
  return text.split(",").map((part) => {
    const [, scheme, rest = ""] = /^(?:([^:/@]*):\/\/)?(.*)$/s.exec(part.trim()) ?? [];
    const at = rest.lastIndexOf("@");
    const login = at < 0 ? void 0 : rest.slice(0, at);
    const colon = login?.indexOf(":") ?? -1;
    return {
      scheme,
      user: colon < 0 ? decoded(login) : decoded(login?.slice(0, colon)),
      password: colon < 0 ? void 0 : decoded(login?.slice(colon + 1)),
      host: rest.slice(at + 1)
    };
  });
}
function readAddresses(text) {
  const addresses = splitAddresses(text);
  const urls = addresses.map(({ scheme = "nats", host }, index) => {
    const href = `${scheme}://${host}`;
    const url = URL.canParse(href) ? new URL(href) : void 0;
    if (url !== void 0 && ["nats:", "tls:"].includes(url.protocol) && url.hostname !== "") return url;
    const which = text.includes("@") ? `number ${index + 1} of the broker addresses` : `"${host}"`;
    const wayOut = "write it as nats://host:4222, and a comma in a user name or password as %2C";
    throw new StewardError("badSettings", `${which} is not a broker address; ${wayOut}`);
  });
  const user = addresses.findLast((one) => one.user)?.user;
  const pass = addresses.findLast((one) => one.password)?.password;
  return {
    urls,
    login: { ...user === void 0 ? {} : { user }, ...pass === void 0 ? {} : { pass } },
    isTls: urls.some(({ protocol }) => protocol === "tls:")
  };
}
function shownAddresses(text, hidden) {
  const shown = splitAddresses(text).map(({ scheme, user, password, host }) => {
    const login = password === void 0 ? hidden : `${user ?? ""}:${hidden}`;
    return `${scheme === void 0 ? "" : `${scheme}://`}${user === void 0 ? "" : `${login}@`}${host}`;
  });
  return shown.join(", ");
}
function decoded(text) {
  try {
    return text === void 0 ? void 0 : decodeURIComponent(text);
  } catch {
    return text;
  }
}

export {
  readAddresses,
  shownAddresses,
  withContext,
  connectionSettings
};
