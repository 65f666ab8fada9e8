// The language of the page: chosen from the browser, switchable, remembered.

import { createContext, useContext } from "./ui.js";

export const LANGUAGES = { en: "English", "pt-BR": "Português" };
const KEPT = "tabuada.language";

/**
 * @typedef {import("./operations.js").Tag} Tag
 * @typedef {Record<Tag, Record<string, string>>} Words Every key is in both languages.
 */

export const Language = createContext(/** @type {Tag} */ ("en"));

/** @returns {Tag} */
export function chooseLanguage() {
  const kept = readKept();
  if (kept in LANGUAGES) return /** @type {Tag} */ (kept);
  const wanted = navigator.languages?.length ? navigator.languages : [navigator.language ?? "en"];
  for (const tag of wanted) {
    if (tag.toLowerCase().startsWith("pt")) return "pt-BR";
    if (tag.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

/** @param {Tag} language */
export function keepLanguage(language) {
  try {
    localStorage.setItem(KEPT, language);
  } catch {
    // A browser that keeps nothing shows its own language next time.
  }
}

function readKept() {
  try {
    return localStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

/**
 * Returns a function that gives the words of a key, with {names} replaced by values.
 * @param {Words} words
 * @returns {(key: string, values?: object) => string}
 */
export function useWords(words) {
  const language = useContext(Language);
  return (key, values = {}) => {
    const text = words[language][key];
    if (text === undefined) throw new Error(`expected words for ${key} in ${language}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => String(/** @type {any} */ (values)[name]));
  };
}

/**
 * Begins a text with a capital letter.
 * @type {(text: string) => string}
 */
export const capitalize = (text) => text[0].toUpperCase() + text.slice(1);

/**
 * Returns a function that writes a number as people who speak the language do.
 * @returns {(value: number | null | undefined, digits?: number) => string}
 */
export function useNumbers() {
  const language = useContext(Language);
  return (value, digits = 6) => formatNumber(value, language, digits);
}

/**
 * @param {number | null | undefined} value
 * @param {string} language
 */
export function formatNumber(value, language, digits = 6) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  const scientific = size !== 0 && (size < 1e-4 || size >= 1e9);
  const format = new Intl.NumberFormat(language, {
    maximumSignificantDigits: digits,
    notation: scientific ? "scientific" : "standard",
  });
  return format.formatToParts(value).map(writePart).join("");
}

/**
 * Powers of ten as schools write them, 1.5 × 10⁻⁷, where the standard writes 1.5E-7.
 * @param {Intl.NumberFormatPart} part
 */
function writePart({ type, value }) {
  if (type === "exponentSeparator") return " × 10";
  if (type === "exponentMinusSign") return "⁻";
  if (type === "exponentInteger") {
    return value.replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]);
  }
  return value;
}
