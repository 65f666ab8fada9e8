// Problems drawn anew, as the network may never have seen them.

import { findNearPole } from "../../domains.js";
import { hasValue } from "../../operations.js";
import { widen } from "./grid.js";

/**
 * @typedef {import("../../domains.js").Domain} Domain
 * @typedef {import("../../domains.js").Interval} Interval
 */

export const SAMPLE_SIZE = 400;

/**
 * Draws problems uniformly from the regions of a domain, each widened by a factor, and no closer to
 * its poles than the network was trained on. `random` gives numbers in [0, 1).
 * @param {Domain} domain
 * @param {number} factor
 */
export function drawSample(domain, factor, random = Math.random, size = SAMPLE_SIZE) {
  const areas = domain.regions.flatMap(({ a, b, whole_b: whole }) =>
    b ? [{ a: widen(a, factor), b: widen(b, factor), whole }] : [],
  );
  const sizes = areas.map(({ a, b }) => (a[1] - a[0]) * (b[1] - b[0]));
  /** @type {{a: number[], b: number[]}} */
  const problems = { a: [], b: [] };
  while (problems.a.length < size) {
    const area = areas[pickBySize(sizes, random)];
    const [a, b] = [drawFrom(area.a, random), drawFrom(area.b, random, area.whole)];
    if (!hasValue(domain.symbol, [a, b]) || findNearPole(domain, { a, b })) continue;
    problems.a.push(a);
    problems.b.push(b);
  }
  return problems;
}

/**
 * @param {Interval} interval
 * @param {() => number} random
 */
function drawFrom([low, high], random, whole = false) {
  const drawn = low + (high - low) * random();
  return whole ? Math.round(drawn) : drawn;
}

/**
 * Returns the place of one of these, larger ones more often.
 * @param {number[]} sizes
 * @param {() => number} random
 */
function pickBySize(sizes, random) {
  if (sizes.length === 1) return 0;
  let left = random() * sizes.reduce((sum, size) => sum + size, 0);
  const found = sizes.findIndex((size) => (left -= size) < 0);
  return found < 0 ? sizes.length - 1 : found;
}

/**
 * Returns an answer's problems, the one that is furthest off first.
 * @param {{a: number[], b: number[]}} problems
 * @param {Pick<import("../../api.js").Answer, "exact" | "predictions" | "absolute_errors">} answer
 */
export function listByError({ a, b }, answer) {
  const rows = a.map((value, k) => ({
    a: value,
    b: b[k],
    exact: answer.exact[k],
    predicted: answer.predictions[k],
    error: answer.absolute_errors[k],
  }));
  return rows.sort((one, other) => other.error - one.error);
}
