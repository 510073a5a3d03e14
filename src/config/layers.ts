/** The values of options by their names; one that nobody gave is absent, so that what lies below can speak. */
export type Values = Readonly<Record<string, string | boolean | number | readonly string[] | undefined>>;

/** Where a value came from. What has no origin was set nowhere, and its default holds. */
export type Origin =
  | { readonly kind: "flag" }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "context"; readonly name: string; readonly path: string };

/** Values of one place, each with where exactly it stands there. */
export interface Layer {
  readonly values: Values;
  readonly originOf: (name: string) => Origin | undefined;
}

export interface Layered<Args extends Values = Values> {
  readonly args: Args;
  readonly origins: Readonly<Record<string, Origin | undefined>>;
}

/**
 * Puts layers on each other, the first on top. Who names credentials of one kind in a layer means only those: what the
 * layers below name of another kind is left out, or two users would be told to the broker at once.
 * Each has its values as the options that are known say of them, so that what is on top is of the same types.
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

/** The kind of credentials that a value is or, within an address, holds. */
function kindOf(name: string, value: Values[string]): string | undefined {
  if (name === "server") return String(value).includes("@") ? "server" : undefined;
  return kinds[name];
}

/** Where a value came from, for people. */
export function originText(origin: Origin | undefined): string {
  if (origin === undefined) return "default";
  if (origin.kind === "flag") return "flag";
  if (origin.kind === "variable") return origin.name;
  return origin.kind === "file" ? origin.path : `context ${origin.name} (${origin.path})`;
}
