/** The error text for a text that contains half a character, such as a part of an emoji. UTF-8 cannot represent it. */
export const halfCharacter = "holds half a character (a lone surrogate), which no text can hold; was it cut?";
