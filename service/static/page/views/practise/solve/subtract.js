// Subtraction in columns, with what is taken from the digits at the left.

import { countDigits, digitAt } from "./sheet.js";

/**
 * @typedef {import("./sheet.js").Sheet} Sheet
 * @typedef {{digit: number, changes: number}} Top A digit of the top number, and how often it was
 *   changed.
 */

/**
 * Subtracts numbers that stand in the sheet already, the larger on top. `rows` are those of the top
 * number and of the difference; changed digits go to the two rows above the top one.
 * @param {Sheet} sheet
 * @param {number} top In units of the last place, like the bottom one.
 * @param {number} bottom
 * @param {number} places
 * @param {{top: number, difference: number}} rows
 */
export function subtractColumns(sheet, top, bottom, places, rows) {
  const length = countDigits(top, places);
  const tops = Array.from({ length }, (_, i) => ({ digit: digitAt(top, i), changes: 0 }));
  const bottomLength = countDigits(bottom, places);
  const written = countDigits(top - bottom, places);
  for (let i = 0; i < length; i += 1) {
    const below = i < bottomLength ? digitAt(bottom, i) : null;
    if (tops[i].digit < (below ?? 0)) borrow(sheet, tops, i, below, places, rows.top);
    const left = tops[i].digit - (below ?? 0);
    const shown = i < written;
    const key = (below === null ? "single" : "subtract") + (shown ? "" : "-nothing");
    sheet.say(key, { place: i - places, top: tops[i].digit, bottom: below, write: left });
    if (!shown) continue;
    const cell = sheet.put(rows.difference, -i, left, "result");
    if (places && i === places) cell.point = sheet.step;
  }
}

/**
 * Takes one from the next digit that is not zero, across the zeros between.
 * @param {Sheet} sheet
 * @param {Top[]} tops
 * @param {number} i
 * @param {number | null} below
 * @param {number} places
 * @param {number} row
 */
function borrow(sheet, tops, i, below, places, row) {
  let lender = i + 1;
  while (tops[lender].digit === 0) lender += 1;
  /** @type {{place: number, from: number, to: number}[]} */
  const changes = [];
  const change = (/** @type {number} */ j, /** @type {number} */ to) => {
    changes.push({ place: j - places, from: tops[j].digit, to });
    tops[j].digit = to;
  };
  const { digit } = tops[i];
  change(lender, tops[lender].digit - 1);
  for (let j = lender - 1; j > i; j -= 1) change(j, 9);
  change(i, digit + 10);
  sheet.say(lender === i + 1 ? "borrow" : "borrow-across", {
    place: i - places,
    top: digit,
    bottom: below,
    lender: lender - places,
    changes,
  });
  for (let j = lender; j >= i; j -= 1) {
    sheet.find(row - tops[j].changes, -j).crossed = sheet.step;
    tops[j].changes += 1;
    sheet.put(row - tops[j].changes, -j, tops[j].digit, "changed");
  }
}
