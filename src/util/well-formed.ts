/**
 * The error for a text that UTF-8 cannot represent, because the text was cut in the middle of a character, such as an
 * emoji.
 */
export const halfCharacter = "holds half a character (a lone surrogate), which no text can hold; was it cut?";
