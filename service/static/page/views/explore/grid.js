// The problems of a map: a grid over (a, b), and what is known about its cells.

import { hasValue } from "../../operations.js";

/**
 * @typedef {import("../../domains.js").Interval} Interval
 * @typedef {import("../../domains.js").Rectangle} Rectangle
 * @typedef {{a: number[], b: number[]} & Rectangle} Grid The centres along each axis, and its outer
 *   edges. Cells are counted row by row, from the least b up: cell `j * a.length + i` is (a[i],
 *   b[j]).
 * @typedef {{a: number[], b: number[], cells: number[]}} Problems
 * @typedef {object} Laid What is known of each cell; NaN where a problem has no value.
 * @property {Float64Array} errors
 * @property {Float64Array} predictions
 * @property {Float64Array} exact
 * @property {Uint8Array} outside
 *
 * @typedef {{errors: number[] | Float64Array, outside: number[] | Uint8Array}} Told
 */

const SIZE = 81; // steps of a quarter over -10 to 10, so that cells stand at plain numbers

/**
 * Returns a grid over the spans of a domain, widened about their middle by a factor.
 * @param {{a: Interval, b: Interval}} spans
 * @param {number} factor
 * @returns {Grid}
 */
export function makeGrid(spans, factor) {
  const a = spread(widen(spans.a, factor));
  const b = spread(widen(spans.b, factor));
  const [dx, dy] = [(a[1] - a[0]) / 2, (b[1] - b[0]) / 2];
  return { a, b, x1: a[0] - dx, x2: a[a.length - 1] + dx, y1: b[0] - dy, y2: b[b.length - 1] + dy };
}

/**
 * @param {Interval} interval
 * @param {number} factor
 * @returns {Interval}
 */
export function widen([low, high], factor) {
  const middle = (low + high) / 2;
  return [middle + (low - middle) * factor, middle + (high - middle) * factor];
}

/**
 * Returns the problems that have a value, as columns, and the cell of each.
 * @param {Grid} grid
 * @param {string} operation
 * @returns {Problems}
 */
export function listProblems(grid, operation) {
  /** @type {Problems} */
  const problems = { a: [], b: [], cells: [] };
  grid.b.forEach((b, j) => {
    grid.a.forEach((a, i) => {
      if (!hasValue(operation, [a, b])) return;
      problems.a.push(a);
      problems.b.push(b);
      problems.cells.push(j * grid.a.length + i);
    });
  });
  return problems;
}

/**
 * Lays the service's answers out over the cells; NaN where a problem has no value.
 * @param {Grid} grid
 * @param {Problems} problems
 * @param {Omit<import("../../api.js").Answer, "version">} answer
 * @returns {Laid}
 */
export function layOut(grid, problems, answer) {
  const size = grid.a.length * grid.b.length;
  const spreadOut = (/** @type {number[]} */ values) => {
    const laid = new Float64Array(size).fill(NaN);
    problems.cells.forEach((cell, k) => (laid[cell] = values[k]));
    return laid;
  };
  const outside = new Uint8Array(size);
  answer.out_of_domain.forEach((k) => (outside[problems.cells[k]] = 1));
  return {
    errors: spreadOut(answer.absolute_errors),
    predictions: spreadOut(answer.predictions),
    exact: spreadOut(answer.exact),
    outside,
  };
}

/**
 * Says in numbers what a map shows. `cells` chooses: all, those trained on, or those outside.
 * @param {Told} map
 */
export function summarize({ errors, outside }, cells = "all") {
  /** @type {number[]} */
  const asked = [];
  errors.forEach((error, cell) => {
    const wanted = cells === "all" || (cells === "outside") === (outside[cell] === 1);
    if (wanted && !Number.isNaN(error)) asked.push(cell);
  });
  if (asked.length === 0) return undefined;
  asked.sort((one, other) => errors[one] - errors[other]);
  const middle = (asked.length - 1) / 2;
  const median = (errors[asked[Math.floor(middle)]] + errors[asked[Math.ceil(middle)]]) / 2;
  const exact = asked.filter((cell) => errors[cell] === 0).length;
  const worst = asked[asked.length - 1];
  return { count: asked.length, exact, median, largest: errors[worst], worst };
}

export const LEAST_SHOWN = 1e-4;

/**
 * Returns the two ends of the colour scale: fixed at the low end, so that maps of different choices
 * can be told apart; a power of ten at the high one.
 * @param {Told[]} maps
 * @returns {[number, number]}
 */
export function findScale(maps) {
  const largest = Math.max(1, ...maps.map((map) => summarize(map)?.largest ?? 0));
  return [LEAST_SHOWN, 10 ** Math.ceil(Math.log10(largest))];
}

/**
 * @param {Interval} interval
 * @returns {number[]}
 */
function spread([low, high]) {
  const middle = (low + high) / 2; // counted from the middle: zero is zero then, not almost
  const half = (SIZE - 1) / 2;
  return Array.from({ length: SIZE }, (_, k) => middle + ((k - half) * (high - low)) / (SIZE - 1));
}
