// Long division, as schools write it: under a bracket, or in Brazil with the divisor in a key
// (chave).

import { fromUnits } from "./decimals.js";
import { digitAt } from "./sheet.js";

const QUOTIENT = { bracket: 0, key: 2 };
const DIVIDEND = 1;
const WORK = 2;

/**
 * @typedef {import("./sheet.js").Sheet} Sheet
 * @typedef {import("./sheet.js").Cell} Cell
 * @typedef {"bracket" | "key"} Style How a country writes it.
 * @typedef {{units: number, places: number}} Decimal
 */

/**
 * Divides by a whole number. Goes on behind the point if `decimals`, else stops with a remainder.
 * @param {Sheet} sheet
 * @param {Decimal} dividend
 * @param {number} divisor
 * @param {{decimals: boolean, style: Style}} options
 * @returns The quotient's text and the rest.
 */
export function divideLong(sheet, dividend, divisor, { decimals, style }) {
  const work = new Work(sheet, dividend, divisor, style);
  work.begin();
  for (;;) {
    work.divide();
    if (work.position < work.digits.length) work.bringDown();
    else if (work.rest === 0 || !decimals) break;
    else work.appendZero();
  }
  work.finish();
  return { quotient: work.quotient, remainder: work.rest };
}

class Work {
  position = 0; // so many digits are used
  working = 0;
  rest = 0;
  quotient = "";
  row = WORK;
  isWritten = false; // whether a rest stands under the dividend yet
  /** @type {Cell[]} */
  beside = []; // what stands at the right of all this, in the key
  /** @type {Cell | undefined} */
  lastQuotient = undefined;

  /**
   * @param {Sheet} sheet
   * @param {Decimal} dividend
   * @param {number} divisor
   * @param {Style} style
   */
  constructor(sheet, { units, places }, divisor, style) {
    this.sheet = sheet;
    this.divisor = divisor;
    this.style = style;
    this.dividend = fromUnits(units, places);
    this.digits = [...String(units).padStart(places + 1, "0")];
    this.whole = this.digits.length - places; // so many stand before the point
  }

  // Writes dividend and divisor, and takes digits until the divisor goes into them.
  begin() {
    const { sheet, digits, dividend, divisor } = this;
    sheet.say(`set-${this.style}`, { dividend, divisor });
    digits.forEach((digit, i) => {
      const cell = sheet.put(DIVIDEND, i, digit);
      if (i === this.whole - 1 && this.whole < digits.length) cell.point = sheet.step;
    });
    if (this.style === "bracket") {
      for (let i = 0; i < String(divisor).length; i += 1) {
        sheet.put(DIVIDEND, -1 - i, digitAt(divisor, i));
      }
      sheet.rule(DIVIDEND, -1, -1, "bracket");
      sheet.rule(DIVIDEND, 0, digits.length - 1, "top");
    } else {
      [...String(divisor)].forEach((digit, i) => this.putBeside(DIVIDEND, i, digit));
    }
    while (this.position < this.whole && this.working < divisor) this.take();
    if (this.position > 1) sheet.say("take", { working: this.working, divisor });
  }

  take() {
    this.working = this.working * 10 + Number(this.digits[this.position]);
    this.position += 1;
  }

  // One digit of the quotient, and what is left.
  divide() {
    const { sheet, working, divisor } = this;
    const digit = Math.floor(working / divisor);
    const product = digit * divisor;
    this.rest = working - product;
    sheet.say(digit ? "divide" : "divide-zero", {
      working,
      divisor,
      digit,
      product,
      rest: this.rest,
    });
    this.putQuotient(digit);
    if (digit === 0) return;
    if (this.isWritten) this.row += 1;
    this.putLeft(this.row, product);
    const right = this.position - 1;
    sheet.sign(this.row, right - String(working).length, "-");
    sheet.rule(this.row, right - String(working).length, right);
    this.row += 1;
    this.putLeft(this.row, this.rest);
    this.isWritten = true;
  }

  bringDown() {
    const isPast = this.position === this.whole;
    if (isPast) this.markPoint("point");
    const digit = Number(this.digits[this.position]);
    this.bring("bring", digit);
  }

  appendZero() {
    if (this.position === this.whole) this.markPoint("point-behind");
    this.digits.push("0");
    this.bring("append", 0);
    if (this.style === "key" && this.isWritten) return;
    this.sheet.put(DIVIDEND, this.position - 1, 0, "filler");
    if (this.style === "key") return;
    this.sheet.rule(DIVIDEND, this.position - 1, this.position - 1, "top");
    // Here the dividend goes on behind a point of its own.
    this.sheet.find(DIVIDEND, this.whole - 1).point ??= this.sheet.step;
  }

  /**
   * @param {string} key
   * @param {number} digit
   */
  bring(key, digit) {
    this.working = this.rest * 10 + digit;
    this.sheet.say(key, { digit, working: this.working });
    if (this.isWritten) this.sheet.put(this.row, this.position, digit);
    this.position += 1;
  }

  /**
   * @param {string} key
   */
  markPoint(key) {
    this.sheet.say(key);
    this.quotient += ".";
    if (this.lastQuotient) this.lastQuotient.point = this.sheet.step;
  }

  /**
   * @param {number} digit
   */
  putQuotient(digit) {
    const row = QUOTIENT[this.style];
    this.lastQuotient =
      this.style === "bracket"
        ? this.sheet.put(row, this.position - 1, digit, "result")
        : this.putBeside(row, this.quotient.replace(".", "").length, digit, "result");
    this.quotient += digit;
  }

  /**
   * Writes a number that ends under the last digit used.
   * @param {number} row
   * @param {number} number
   */
  putLeft(row, number) {
    for (let i = 0; i < String(number).length; i += 1) {
      this.sheet.put(row, this.position - 1 - i, digitAt(number, i));
    }
  }

  /**
   * @param {number} row
   * @param {number} i
   * @param {string | number} text
   * @param {string} [kind]
   */
  putBeside(row, i, text, kind) {
    const cell = this.sheet.put(row, i, text, kind);
    this.beside.push(cell);
    return cell;
  }

  // Moves the key to the right of everything else, where it is in nobody's way.
  finish() {
    if (this.style === "bracket") return;
    const { sheet, beside } = this;
    const left =
      Math.max(...sheet.cells.filter((c) => !beside.includes(c)).map((c) => c.column)) + 1;
    const width = Math.max(...beside.map((cell) => cell.column));
    for (const cell of beside) cell.column += left;
    sheet.lines.push({ row: DIVIDEND, from: left, to: left, side: "left", step: 0 });
    sheet.lines.push({ row: QUOTIENT.key, from: left, to: left, side: "left", step: 0 });
    sheet.lines.push({ row: DIVIDEND, from: left, to: left + width, side: "bottom", step: 0 });
  }
}
