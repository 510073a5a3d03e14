/** The message about a text that UTF-8 cannot represent: it was cut in the middle of a character, such as an emoji. */
export const halfCharacter = "holds half a character (a lone surrogate), which no text can hold; was it cut?";
