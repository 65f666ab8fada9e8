// Addition in columns, with what is carried above.

import { countDigits, digitAt } from "./sheet.js";

/** @typedef {import("./sheet.js").Sheet} Sheet */

/**
 * Adds numbers that stand in the sheet already. `rows` are those of the carries and of the sum.
 * @param {Sheet} sheet
 * @param {number[]} terms In units of the last place.
 * @param {number} places
 * @param {{carries: number, sum: number}} rows
 */
export function addColumns(sheet, terms, places, rows) {
  const length = Math.max(...terms.map((term) => countDigits(term, places)));
  let carry = 0;
  for (let i = 0; i < length; i += 1) {
    const digits = terms
      .filter((term) => i < countDigits(term, places))
      .map((term) => digitAt(term, i));
    const parts = carry ? [carry, ...digits] : digits;
    const sum = parts.reduce((a, b) => a + b, 0);
    carry = Math.floor(sum / 10);
    const key = carry ? "add-carry" : parts.length > 1 ? "add" : "add-single";
    sheet.say(key, { place: i - places, parts, sum, write: sum % 10, carry });
    const cell = sheet.put(rows.sum, -i, sum % 10, "result");
    if (places && i === places) cell.point = sheet.step;
    if (carry) sheet.put(rows.carries, -i - 1, carry, "carry");
  }
  if (carry) {
    sheet.say("carry-down", { place: length - places, write: carry });
    sheet.put(rows.sum, -length, carry, "result");
  }
}
