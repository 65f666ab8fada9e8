// Exact decimal numbers as texts ("-4.93") and as whole units of their last place (-493 of 2
// places).

const TYPED = /^([-−–]?)(\d{1,15})(?:[.,](\d{1,15}))?$/u;
const TYPED_WITHOUT_WHOLE = /^([-−–]?)[.,](\d{1,15})$/u;

/**
 * Reads what a person typed, with comma or point. Returns the shortest text of it, or null.
 * @param {string} typed
 */
export function readDecimal(typed) {
  const text = typed.replace(/\s/gu, "").replace(/^\+/u, "");
  const found = TYPED.exec(text) ?? TYPED_WITHOUT_WHOLE.exec(text)?.toSpliced(2, 0, "0");
  if (!found) return null;
  const [, minus, whole = "", part = ""] = found;
  return shorten((minus ? "-" : "") + whole + (part ? `.${part}` : ""));
}

/**
 * Drops the zeros that add nothing: "-007.50" is "-7.5".
 * @param {string} text
 */
export function shorten(text) {
  const [whole = "", part = ""] = text.replace("-", "").split(".");
  const shortWhole = whole.replace(/^0+(?=\d)/u, "");
  const shortPart = part.replace(/0+$/u, "");
  const size = shortPart ? `${shortWhole}.${shortPart}` : shortWhole;
  return text.startsWith("-") && size !== "0" ? `-${size}` : size;
}

/** @type {(text: string) => number} */
export const countPlaces = (text) => text.split(".")[1]?.length ?? 0;

/**
 * Returns the whole number of units of a place: "4.9" to 2 places is 490.
 * @param {string} text
 * @param {number} places
 */
export function toUnits(text, places) {
  const [whole = "", part = ""] = text.split(".");
  if (part.length > places) throw new Error(`expected at most ${places} places. Received: ${text}`);
  return Number(whole + part.padEnd(places, "0"));
}

/**
 * Writes units with all their places: 490 of 2 places is "4.90".
 * @param {number} units
 * @param {number} places
 */
export function fromUnits(units, places) {
  const digits = String(Math.abs(units)).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const size = places ? `${whole}.${digits.slice(-places)}` : whole;
  return units < 0 ? `-${size}` : size;
}

/**
 * Writes a number or its text as people who speak the language do: −4,93.
 * @param {string | number} text
 * @param {string} language
 */
export function writeDecimal(text, language) {
  return String(text)
    .replace("-", "−")
    .replace(".", language === "en" ? "." : ",");
}
