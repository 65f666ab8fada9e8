// The worked way to the answer of an exercise: signs first, then long hand.

import { countPlaces, fromUnits, shorten, toUnits } from "./decimals.js";
import { addColumns } from "./add.js";
import { divideLong } from "./divide.js";
import { addFact, divideFact, multiplyFact, subtractFact } from "./facts.js";
import { multiplyRows } from "./multiply.js";
import { Sheet } from "./sheet.js";
import { subtractColumns } from "./subtract.js";

/**
 * @typedef {import("./divide.js").Style} Style
 * @typedef {object} Exercise
 * @property {string} operation
 * @property {number} level
 * @property {string} a
 * @property {string} b
 * @property {string} [remainder] Where it asks for one.
 *
 * @typedef {{answer: string, remainder?: string}} Found
 */

/** @type {Record<string, import("./facts.js").Fact>} */
const FACTS = { "+": addFact, "-": subtractFact, "*": multiplyFact, "/": divideFact };
const ROWS = { top: 2, bottom: 3, carries: 1, sum: 4, difference: 4 };

/** @type {(text: string) => boolean} */
const isNegative = (text) => text.startsWith("-");
/** @type {(text: string) => string} */
const sizeOf = (text) => text.replace("-", "");

/**
 * Returns {steps, cells, lines, answer, remainder} of an exercise. `style` is how a country writes
 * a long division: "bracket" or "key".
 * @param {Exercise} exercise
 * @param {Style} style How a country writes a long division.
 */
export function solve(exercise, style) {
  const sheet = new Sheet();
  const { operation, a, b } = exercise;
  const [fact, way] = [FACTS[operation], WAYS[operation]];
  if (!fact || !way) throw new Error(`expected an operation of this page. Received: ${operation}`);
  /** @type {Found} */
  const found =
    exercise.level === 1
      ? { answer: String(fact(sheet, Number(a), Number(b))) }
      : way(sheet, exercise, style);
  sheet.say(found.remainder === undefined ? "answer" : "answer-remainder", {
    a,
    operation,
    b,
    ...found,
  });
  const { steps, cells, lines } = sheet;
  return { steps, cells, lines, ...found };
}

/** @type {Record<string, (sheet: Sheet, exercise: Exercise, style: Style) => Found>} */
const WAYS = {
  "+": (sheet, { a, b }) => addSigned(sheet, a, b),
  "-": (sheet, { a, b }) => {
    if (!isNegative(a) && !isNegative(b)) return subtractPositive(sheet, a, b);
    const opposite = isNegative(b) ? sizeOf(b) : `-${b}`;
    sheet.say("opposite", { a, b, opposite });
    return addSigned(sheet, a, opposite);
  },
  "*": multiplySigned,
  "/": divideSigned,
};

/**
 * @param {Sheet} sheet
 * @param {string} a
 * @param {string} b
 * @returns {Found}
 */
function addSigned(sheet, a, b) {
  if (!isNegative(a) && !isNegative(b)) return { answer: addSizes(sheet, a, b) };
  const [x, y] = [sizeOf(a), sizeOf(b)];
  if (isNegative(a) === isNegative(b)) {
    sheet.say("both-negative", { a, b, x, y });
    return withMinus(sheet, addSizes(sheet, x, y));
  }
  const [larger, smaller] = Number(x) >= Number(y) ? [x, y] : [y, x];
  const minus = isNegative(larger === x ? a : b);
  sheet.say(minus ? "larger-negative" : "larger-positive", { a, b, larger, smaller });
  const size = subtractSizes(sheet, larger, smaller);
  return minus ? withMinus(sheet, size) : { answer: size };
}

/**
 * @param {Sheet} sheet
 * @param {string} a
 * @param {string} b
 * @returns {Found}
 */
function subtractPositive(sheet, a, b) {
  if (Number(a) >= Number(b)) return { answer: subtractSizes(sheet, a, b) };
  sheet.say("below-zero", { a, b });
  return withMinus(sheet, subtractSizes(sheet, b, a));
}

/**
 * @param {Sheet} sheet
 * @param {string} size
 */
function withMinus(sheet, size) {
  const answer = size === "0" ? size : `-${size}`;
  sheet.say("minus", { size, answer });
  return { answer };
}

/**
 * @param {Sheet} sheet
 * @param {string} a
 * @param {string} b
 */
function addSizes(sheet, a, b) {
  const { units, places } = putColumns(sheet, a, b, "+");
  addColumns(sheet, units, places, ROWS);
  return shortened(sheet, fromUnits(units[0] + units[1], places));
}

/**
 * @param {Sheet} sheet
 * @param {string} a
 * @param {string} b
 */
function subtractSizes(sheet, a, b) {
  const { units, places } = putColumns(sheet, a, b, "-");
  subtractColumns(sheet, ...units, places, ROWS);
  return shortened(sheet, fromUnits(units[0] - units[1], places));
}

/**
 * Writes two numbers one under the other, point under point, and fills them up with zeros.
 * @param {Sheet} sheet
 * @param {string} a
 * @param {string} b
 * @param {string} operation
 */
function putColumns(sheet, a, b, operation) {
  const places = Math.max(countPlaces(a), countPlaces(b));
  const numbers = [a, b].map((text) => ({
    text,
    units: toUnits(text, places),
    filled: places - countPlaces(text),
  }));
  sheet.say(places ? "columns-point" : "columns", { a, b });
  const rows = [ROWS.top, ROWS.bottom];
  numbers.forEach(({ units, filled }, i) => sheet.number(rows[i], 0, units, places, filled));
  const width = Math.max(
    ...numbers.map(({ units }) => fromUnits(units, places).replace(".", "").length),
  );
  sheet.sign(ROWS.bottom, -width, operation);
  sheet.rule(ROWS.bottom, -width, 0);
  numbers.forEach(({ text, units, filled }, i) => {
    if (!filled) return;
    sheet.say("fill", { number: text, padded: fromUnits(units, places) });
    sheet.fill(rows[i], 0, places, filled);
  });
  const [first, second] = numbers.map(({ units }) => units);
  return { units: /** @type {[number, number]} */ ([first, second]), places };
}

/**
 * @param {Sheet} sheet
 * @param {string} text
 */
function shortened(sheet, text) {
  const short = shorten(text);
  if (short !== text) sheet.say("shorten", { text, short });
  return short;
}

/**
 * @param {Sheet} sheet
 * @param {Exercise} exercise
 * @returns {Found}
 */
function multiplySigned(sheet, { a, b }) {
  const minus = tellSigns(sheet, a, b);
  let [first, second] = [sizeOf(a), sizeOf(b)];
  const lengthOf = (/** @type {string} */ text) => String(toUnits(text, countPlaces(text))).length;
  if (lengthOf(first) < lengthOf(second)) {
    [first, second] = [second, first];
    sheet.say("swap", { first, second });
  } else sheet.say("rows", { first, second });
  const factors = [readFactor(first), readFactor(second)];
  const places = factors[0].places + factors[1].places;
  if (places) {
    sheet.say("without-points", { first, second, whole: factors.map(({ units }) => units) });
  }
  const row = multiplyRows(sheet, factors[0], factors[1]);
  const product = factors[0].units * factors[1].units;
  const text = places ? putPoint(sheet, row, product, places) : String(product);
  const size = shortened(sheet, text);
  return minus ? withMinus(sheet, size) : { answer: size };
}

/** @param {string} text */
function readFactor(text) {
  const places = countPlaces(text);
  return { units: toUnits(text, places), places };
}

/**
 * Writes the point of a product, with zeros before it where there are too few digits.
 * @param {Sheet} sheet
 * @param {number} row
 * @param {number} product
 * @param {number} places
 */
function putPoint(sheet, row, product, places) {
  const text = fromUnits(product, places);
  sheet.say(places === 1 ? "set-point-one" : "set-point", { product, places, text });
  for (let i = String(product).length; i <= places; i += 1) sheet.put(row, -i, 0, "filler");
  sheet.find(row, -places).point = sheet.step;
  return text;
}

/**
 * @param {Sheet} sheet
 * @param {Exercise} exercise
 * @param {Style} style
 * @returns {Found}
 */
function divideSigned(sheet, { a, b, remainder }, style) {
  const minus = tellSigns(sheet, a, b);
  const [dividend, divisor] = makeDivisorWhole(sheet, sizeOf(a), sizeOf(b), style);
  const decimals = remainder === undefined;
  const found = divideLong(sheet, dividend, divisor, { decimals, style });
  if (!decimals) return { answer: found.quotient, remainder: String(found.remainder) };
  return minus ? withMinus(sheet, found.quotient) : { answer: found.quotient };
}

/**
 * Brazilian schools give both numbers the same places and leave the points out; others move both
 * points until the divisor is whole.
 * @param {Sheet} sheet
 * @param {string} a
 * @param {string} b
 * @param {Style} style
 * @returns {[{units: number, places: number}, number]}
 */
function makeDivisorWhole(sheet, a, b, style) {
  const places = style === "key" ? Math.max(countPlaces(a), countPlaces(b)) : countPlaces(b);
  const divisor = toUnits(b, places);
  const left = Math.max(countPlaces(a) - places, 0);
  const dividend = { units: toUnits(a, places + left), places: left };
  const to = { toA: fromUnits(dividend.units, left), toB: String(divisor) };
  if (places && style === "key") {
    const padded = {
      paddedA: fromUnits(dividend.units, places),
      paddedB: fromUnits(divisor, places),
    };
    sheet.say("same-places", { a, b, ...padded, ...to });
  } else if (places) sheet.say("move-points", { a, b, factor: 10 ** places, ...to });
  return [dividend, divisor];
}

/**
 * Leaves the signs aside, and says which one the answer gets.
 * @param {Sheet} sheet
 * @param {string} a
 * @param {string} b
 */
function tellSigns(sheet, a, b) {
  const minus = isNegative(a) !== isNegative(b);
  if (minus) sheet.say("signs-differ", { a, b });
  else if (isNegative(a)) sheet.say("signs-alike", { a, b });
  return minus;
}
