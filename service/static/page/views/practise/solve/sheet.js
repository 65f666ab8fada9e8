// A sheet of squared paper: what is written in which square, and at which step of the way.

import { signOf } from "../../../operations.js";

/**
 * @typedef {object} Cell One square.
 * @property {number} row
 * @property {number} column
 * @property {string} text
 * @property {string} kind How it looks: "digit", "sign", "carry", "changed", "filler" or "result".
 * @property {number} step The step of the way that writes it.
 * @property {number} [until] The step that rubs it out.
 * @property {number} [crossed] The step that crosses it out.
 * @property {number} [point] The step that writes a decimal point behind it.
 *
 * @typedef {object} Line Along a side of squares, or a bracket at their right.
 * @property {number} row
 * @property {number} from
 * @property {number} to
 * @property {number} step
 * @property {"bottom" | "top" | "left" | "bracket"} side
 *
 * @typedef {{key: string, [value: string]: unknown}} Step `key` names the words, the values are
 *   what they tell.
 */

export class Sheet {
  /** @type {Cell[]} */
  cells = [];
  /** @type {Line[]} */
  lines = [];
  /** @type {Step[]} */
  steps = [];

  get step() {
    return this.steps.length - 1;
  }

  /**
   * @param {string} key
   * @param {Record<string, unknown>} [values]
   */
  say(key, values = {}) {
    this.steps.push({ key, ...values });
    return this.step;
  }

  /**
   * @param {number} row
   * @param {number} column
   * @param {string | number} text
   * @returns {Cell}
   */
  put(row, column, text, kind = "digit") {
    const cell = { row, column, text: String(text), kind, step: this.step };
    this.cells.push(cell);
    return cell;
  }

  /**
   * Writes the sign of an operation.
   * @param {number} row
   * @param {number} column
   * @param {string} symbol
   */
  sign(row, column, symbol) {
    return this.put(row, column, signOf(symbol), "sign");
  }

  /**
   * @param {number} row
   * @param {number} from
   * @param {number} to
   * @param {Line["side"]} [side]
   */
  rule(row, from, to, side = "bottom") {
    this.lines.push({ row, from, to, side, step: this.step });
  }

  /**
   * Writes a number of `places` decimal places from the right; its last `filled` digits are filled
   * up later, by fill(). The units of a column are at `right`, and the digit i places before them
   * at right - i.
   * @param {number} row
   * @param {number} right
   * @param {number} units
   */
  number(row, right, units, places = 0, filled = 0) {
    const length = countDigits(units, places);
    for (let i = filled; i < length; i += 1) {
      const cell = this.put(row, right - i, digitAt(units, i));
      if (i === places && places > filled) cell.point = this.step;
    }
  }

  /**
   * Writes the zeros that give a number all its places.
   * @param {number} row
   * @param {number} right
   * @param {number} places
   * @param {number} filled
   */
  fill(row, right, places, filled) {
    for (let i = 0; i < filled; i += 1) this.put(row, right - i, 0, "filler");
    if (filled && filled === places) this.find(row, right - places).point = this.step;
  }

  /**
   * Returns what stands in a square, where something does.
   * @param {number} row
   * @param {number} column
   */
  find(row, column) {
    const found = this.cells.find((cell) => cell.row === row && cell.column === column);
    if (!found) throw new Error(`expected a digit in row ${row}, column ${column}. Received: none`);
    return found;
  }
}

/** @type {(units: number, i: number) => number} */
export const digitAt = (units, i) => Math.floor(units / 10 ** i) % 10;

/**
 * Counts the digits that units of a place are written with: 5 of 2 places, 0.05, has three.
 * @param {number} units
 */
export const countDigits = (units, places = 0) => Math.max(String(units).length, places + 1);
