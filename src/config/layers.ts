/**
 * The values of options by their names. An option that was not given is absent, so that a lower layer can set this
 * option.
 */
export type Values = Readonly<Record<string, string | boolean | number | readonly string[] | undefined>>;

/** The place that a value comes from. A value without an origin is a default. */
export type Origin =
  | { readonly kind: "flag" }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "context"; readonly name: string; readonly path: string };

/** The values from one source, and the exact origin of each value. */
export interface Layer {
  readonly values: Values;
  readonly originOf: (name: string) => Origin | undefined;
}

export interface Layered<Args extends Values = Values> {
  readonly args: Args;
  readonly origins: Readonly<Record<string, Origin | undefined>>;
}

/**
 * Merges layers. Earlier layers have precedence over later ones. If a layer has credentials of one kind (such as
 * `creds`), later layers cannot add credentials of another kind (such as a user and a password), because the broker
 * would receive two users. Every layer must have values of the types that the options declare, so the result has these
 * types too.
 */
export function merge<Args extends Values>(layers: readonly Layer[]): Layered<Args> {
  const args: Record<string, Values[string]> = {};
  const origins: Record<string, Origin | undefined> = {};
  for (const { values, originOf } of layers) {
    const named = new Set(Object.keys(args).flatMap((name) => kindOf(name, args[name]) ?? []));
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined || args[name] !== undefined) continue;
      const kind = name === "server" ? undefined : kindOf(name, value);
      if (kind !== undefined && named.size > 0 && !named.has(kind)) continue;
      args[name] = value;
      origins[name] = originOf(name);
    }
  }
  return { args: args as Args, origins };
}

const kinds: Readonly<Record<string, string>> = {
  creds: "creds",
  nkey: "nkey",
  token: "token",
  user: "user",
  password: "user",
};

/** The kind of credentials in a value or in an address; undefined if the value contains no credentials. */
function kindOf(name: string, value: Values[string]): string | undefined {
  if (name === "server") return String(value).includes("@") ? "server" : undefined;
  return kinds[name];
}

/** The source of a value, as a text. */
export function originText(origin: Origin | undefined): string {
  if (origin === undefined) return "default";
  if (origin.kind === "flag") return "flag";
  if (origin.kind === "variable") return origin.name;
  return origin.kind === "file" ? origin.path : `context ${origin.name} (${origin.path})`;
}
