// Problems drawn anew, as the network may never have seen them.

import { widen } from "./grid.js";

export const SAMPLE_SIZE = 400;

// Draws problems uniformly from a domain widened by a factor, divisors no closer to zero than
// the network was trained on. `random` gives numbers in [0, 1).
export function drawSample(domain, factor, random = Math.random, size = SAMPLE_SIZE) {
  const draw = ([low, high]) => low + (high - low) * random();
  const [rangeA, rangeB] = [widen(domain.a, factor), widen(domain.b, factor)];
  const problems = { a: [], b: [] };
  while (problems.a.length < size) {
    const b = draw(rangeB);
    if (Math.abs(b) < domain.min_abs_b || b === 0) continue;
    problems.a.push(draw(rangeA));
    problems.b.push(b);
  }
  return problems;
}

// Returns an answer's problems, the one that is furthest off first.
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
