/** An element of a list, or an object that stands alone; or a stretch of text that cannot be read, with where and why. */
export type Part =
  | { readonly kind: "value"; readonly value: unknown; readonly text: Buffer }
  | { readonly kind: "broken"; readonly reason: string; readonly text: Buffer };
