// Reads an expression as the service does, to speak about it; the service has the last word.

import { listSigns } from "../../operations.js";
import {
  BLANKS,
  classOf,
  COMMAS,
  DIGITS,
  MINUSES,
  PLUSES,
  POINTS,
  SPACES,
  writePlainly,
} from "./letters.js";

const BLANK = `${classOf(BLANKS)}*`;
const DIGIT = `[${DIGITS}]`;
const POINT = classOf(POINTS + COMMAS);
const PREFIX = `${classOf(PLUSES + MINUSES)}?`;
const SIZE = `(?:${DIGIT}+(?:${POINT}${DIGIT}*)?|${POINT}${DIGIT}+)(?:[eE]${PREFIX}${DIGIT}+)?`;
const SPACE = `${classOf(SPACES)}?`;
const NUMBER = `${PREFIX}${SPACE}${SIZE}`;
const SIGNS = new Map(listSigns());
// The longest first: one sign may begin as another one does.
const SIGN = [...SIGNS.keys()]
  .sort((one, other) => other.length - one.length)
  .map((sign) => [...sign].map(classOf).join(""))
  .join("|");
const EXPRESSION = new RegExp(
  `^${BLANK}(${NUMBER})${BLANK}(${SIGN})${BLANK}(${NUMBER})${BLANK}$`,
  "u",
);
const STRANGE = new RegExp(`(?!${SIGN}|${classOf(BLANKS)}|${POINT}|[${DIGITS}eE+\\-]).`, "su");
const HEXADECIMAL = /(?<![\d.,])[0０][xXｘＸ][0-9a-fA-F０-９]/u;
const GROUPED = new RegExp(`^${PREFIX}${SPACE}[1-9１-９]${DIGIT}{0,2}${POINT}${DIGIT}{3}$`, "u");
const GROUPS = new RegExp(
  `${DIGIT}${POINT}${DIGIT}{3}${POINT}|${DIGIT}[_' ]${DIGIT}|${DIGIT}${POINT}${DIGIT}+${POINT}`,
  "u",
);
const NUMBERS = new RegExp(SIZE, "gu");
/** @typedef {{a: number, operation: string, b: number}} Problem */

const MAX_LETTERS = 128;

/**
 * Returns {a, operation, b}, or undefined where the text is not `number operation number`, or may
 * mean two different problems.
 * @param {string} text
 * @returns {Problem | undefined}
 */
export function parseExpression(text) {
  const match = [...text].length <= MAX_LETTERS ? EXPRESSION.exec(text) : null;
  if (!match || HEXADECIMAL.test(text) || mixSeparators([match[1], match[3]])) return undefined;
  const [a, b] = [match[1], match[3]].map(readNumber);
  if (a === undefined || b === undefined) return undefined;
  return { a, operation: SIGNS.get(match[2]) ?? "", b };
}

/**
 * Returns undefined where float64 has nothing near the number: it is too large, or too small.
 * @param {string} text
 */
function readNumber(text) {
  const written = writePlainly(text);
  const value = Number(written);
  return Number.isFinite(value) && (value !== 0 || isZero(written)) ? value : undefined;
}

/** @param {string} written */
const isZero = (written) => /^[+-]?[0.]*(?:e.*)?$/iu.test(written);

/** @param {string} text */
function findSeparators(text) {
  const found = [...text].filter((letter) => (POINTS + COMMAS).includes(letter));
  return new Set(found.map((letter) => (COMMAS.includes(letter) ? "," : ".")));
}

/**
 * One of the numbers may have thousands, which the separator of the other one hints at.
 * @param {string[]} numbers
 */
function mixSeparators(numbers) {
  const isEitherGrouped = numbers.some((number) => GROUPED.test(number));
  return isEitherGrouped && findSeparators(numbers.join(" ")).size > 1;
}

/**
 * Returns what most likely keeps a text from being read: a key of the words under `wrong.`.
 * @param {string} text
 */
export function diagnose(text) {
  const said = text.replaceAll(new RegExp(classOf(BLANKS), "gu"), " ").trim();
  if (!said) return "blank";
  const numbers = said.match(NUMBERS) ?? [];
  if (said.includes("=")) return "equals";
  if (HEXADECIMAL.test(said)) return "hexadecimal";
  if (GROUPS.test(said) || (numbers.length === 2 && mixSeparators(numbers))) return "thousands";
  if (/[()[\]{}]/.test(said)) return "brackets";
  if (STRANGE.test(said)) return "letters";
  return diagnoseNumbers(numbers);
}

/** @param {string[]} numbers */
function diagnoseNumbers(numbers) {
  const lost = numbers.find((number) => readNumber(number) === undefined);
  if (lost) return Number(writePlainly(lost)) === 0 ? "tooSmall" : "tooLarge";
  if (numbers.length > 2) return "several";
  return numbers.length < 2 ? "incomplete" : "other";
}
