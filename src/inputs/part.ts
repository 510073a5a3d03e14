/**
 * A part of a paste: an element of a list, a single object, or a text that cannot be read. For such a text, `reason`
 * says what is wrong and where.
 */
export type Part =
  | { readonly kind: "value"; readonly value: unknown; readonly text: Buffer }
  | { readonly kind: "broken"; readonly reason: string; readonly text: Buffer };
