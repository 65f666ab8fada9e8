// Multiplication by partial products, one row for each digit of the second factor.

import { addColumns } from "./add.js";
import { countDigits, digitAt } from "./sheet.js";

const CARRIES = 1;
const FIRST = 2;
const SECOND = 3;
const SUM_CARRIES = 4;
const PARTIALS = 5;

/**
 * @typedef {import("./sheet.js").Sheet} Sheet
 * @typedef {import("./sheet.js").Cell} Cell
 * @typedef {{units: number, places: number}} Decimal
 */

/**
 * Multiplies whole numbers: where the point of a factor stands does not matter yet.
 * @param {Sheet} sheet
 * @param {Decimal} first
 * @param {Decimal} second
 * @returns The row of the product.
 */
export function multiplyRows(sheet, first, second) {
  sheet.number(FIRST, 0, first.units, first.places);
  sheet.number(SECOND, 0, second.units, second.places);
  const widest = Math.max(
    countDigits(first.units, first.places),
    countDigits(second.units, second.places),
  );
  sheet.sign(SECOND, -widest, "*");
  sheet.rule(SECOND, -widest, 0);
  /** @type {number[]} */
  const partials = [];
  const digits = String(second.units).length;
  // A single row is the product; several are added up.
  const isSingle = String(second.units).replaceAll("0", "").length === 1;
  for (let k = 0; k < digits; k += 1) {
    const digit = digitAt(second.units, k);
    if (digit === 0) {
      sheet.say("row-zero", { place: k, digit });
      continue;
    }
    const row = PARTIALS + partials.length;
    if (digits > 1) sheet.say(k ? "row" : "row-first", { place: k, digit, zeros: k });
    for (let i = 0; i < k; i += 1) sheet.put(row, -i, 0, "filler");
    const carries = multiplyRow(sheet, first.units, digit, k, row, isSingle ? "result" : "digit");
    // What is carried is rubbed out before the next row.
    if (!isSingle) for (const cell of carries) cell.until = sheet.step;
    partials.push(first.units * digit * 10 ** k);
  }
  const last = PARTIALS + partials.length - 1;
  if (partials.length === 1) return last;
  sheet.say("add-rows", { rows: partials });
  const width = String(first.units * second.units).length;
  sheet.rule(last, 1 - width, 0);
  sheet.sign(last, -width, "+");
  addColumns(sheet, partials, 0, { carries: SUM_CARRIES, sum: last + 1 });
  return last + 1;
}

/**
 * One digit times the first factor.
 * @param {Sheet} sheet
 * @param {number} units
 * @param {number} digit
 * @param {number} shift
 * @param {number} row
 * @param {string} kind
 * @returns What it carried, as written above.
 */
function multiplyRow(sheet, units, digit, shift, row, kind) {
  const length = String(units).length;
  /** @type {Cell[]} */
  const carries = [];
  let carry = 0;
  for (let i = 0; i < length; i += 1) {
    const other = digitAt(units, i);
    const product = digit * other + carry;
    const last = i === length - 1;
    const next = last ? 0 : Math.floor(product / 10);
    const write = last ? product : product % 10;
    const key = `times${carry ? "-plus" : ""}${next ? "-carry" : ""}`;
    sheet.say(key, { place: i + shift, digit, other, plus: carry, product, write, carry: next });
    for (let j = 0; j < String(write).length; j += 1) {
      sheet.put(row, -(i + shift + j), digitAt(write, j), kind);
    }
    if (next) carries.push(sheet.put(CARRIES, -(i + 1), next, "carry"));
    carry = next;
  }
  return carries;
}
