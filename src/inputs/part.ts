/** An element of a list, or a single object; or a piece of text that cannot be read, with its place and the reason. */
export type Part =
  | { readonly kind: "value"; readonly value: unknown; readonly text: Buffer }
  | { readonly kind: "broken"; readonly reason: string; readonly text: Buffer };
