// The letters of numbers and expressions, as keyboards and word processors have them: what looks
// the same and can mean but one thing. The service has the same ones.

export const POINTS = ".\uff0e";
export const COMMAS = ",\uff0c";
export const PLUSES = "+\uff0b\ufe62\u2795";
export const MINUSES = "-\u2212\u2010\u2011\u2012\u2013\u2014\u2015\ufe58\ufe63\uff0d\u2796";
export const DIGITS = "0-9\uff10-\uff19"; // as a range

// Of every width, none included, and marks that are not seen and change no order.
export const SPACES =
  " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" +
  "\u202f\u205f\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f";
export const BLANKS = `\t\n\r\f\v${SPACES}`;

/**
 * Returns letters for a class of a regular expression.
 * @param {string} letters
 */
export const classOf = (letters) =>
  `[${[...letters].map((c) => `\\u{${c.codePointAt(0)?.toString(16)}}`).join("")}]`;

/**
 * Returns a number that was matched in an expression as programs write it.
 * @param {string} number
 */
export function writePlainly(number) {
  return [...number].map(writeLetter).join("");
}

/** @param {string} letter */
function writeLetter(letter) {
  if (BLANKS.includes(letter)) return "";
  if (MINUSES.includes(letter)) return "-";
  if (PLUSES.includes(letter)) return "+";
  if (POINTS.includes(letter) || COMMAS.includes(letter)) return ".";
  const wide = letter.charCodeAt(0) - 0xff10;
  return wide >= 0 && wide <= 9 ? String(wide) : letter;
}
