// Reads an expression as the service does, to speak about it; the service has the last word.

import { listSigns } from "../../operations.js";

const BLANK = String.raw`[ \t\n\r\f\v]*`;
const NUMBER = String.raw`[+\-−]? ?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+\-−]?\d+)?`;
const SIGNS = new Map(listSigns());
// The longest first: one sign may begin as another one does.
const SIGN = [...SIGNS.keys()]
  .sort((one, other) => other.length - one.length)
  .map((sign) => sign.replace(/[^\p{L}\d]/gu, "\\$&"))
  .join("|");
const EXPRESSION = new RegExp(`^${BLANK}(${NUMBER})${BLANK}(${SIGN})${BLANK}(${NUMBER})${BLANK}$`);
const STRANGE = new RegExp(`(?!${SIGN}|[\\d.,+\\-−: eE]).`, "s");
/** @typedef {{a: number, operation: string, b: number}} Problem */

const MAX_LETTERS = 128;

/**
 * Returns {a, operation, b}, or undefined where the text is not `number operation number`.
 * @param {string} text
 * @returns {Problem | undefined}
 */
export function parseExpression(text) {
  const match = [...text].length <= MAX_LETTERS ? EXPRESSION.exec(text) : null;
  if (!match) return undefined;
  const [a, b] = [readNumber(match[1]), readNumber(match[3])];
  return Number.isFinite(a) && Number.isFinite(b)
    ? { a, operation: SIGNS.get(match[2]) ?? "", b }
    : undefined;
}

/** @param {string} text */
function readNumber(text) {
  return Number(text.replaceAll("−", "-").replaceAll(" ", "").replaceAll(",", "."));
}

/**
 * Returns what most likely keeps a text from being read: a key of the words under `wrong.`.
 * @param {string} text
 */
export function diagnose(text) {
  const said = text.trim();
  if (!said) return "blank";
  if (said.includes("=")) return "equals";
  if (/\d[.,]\d{3}[.,]|\d \d/.test(said)) return "thousands";
  if (/[()[\]{}]/.test(said)) return "brackets";
  const numbers = said.match(/(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+\-−]?\d+)?/g) ?? [];
  if (numbers.length > 2) return "several";
  if (STRANGE.test(said)) return "letters";
  return numbers.length < 2 ? "incomplete" : "other";
}
