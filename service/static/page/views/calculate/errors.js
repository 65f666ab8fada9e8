// How far an answer is off, and how many digits it takes to see it.

/**
 * Returns {size, kind}: the absolute error, and how it feels: exact, tiny, near, off or far.
 * @param {number} predicted
 * @param {number} exact
 * @returns {{size: number, kind: "exact" | "tiny" | "near" | "off" | "far"}}
 */
export function measure(predicted, exact) {
  const size = Math.abs(predicted - exact);
  if (size === 0) return { size, kind: "exact" };
  const share = size / Math.max(Math.abs(exact), Number.MIN_VALUE);
  const part = exact === 0 ? size : share; // there is no share of nothing
  if (part < 0.001) return { size, kind: "tiny" };
  if (part < 0.01) return { size, kind: "near" };
  return { size, kind: part < 0.1 ? "off" : "far" };
}

/**
 * Returns how many significant digits show a number down to a difference of that size.
 * @param {number} value
 * @param {number} size
 */
export function countDigits(value, size) {
  if (size === 0 || value === 0) return 12;
  const digits = Math.ceil(Math.log10(Math.abs(value) / size)) + 2;
  return Math.min(Math.max(digits, 6), 15);
}

/**
 * Returns whether twelve digits are all there is: 8.95 is, a third is not. What float64 adds in
 * its sixteenth digit, as in 0.1 + 0.2, is no part of the answer.
 * @param {number} value
 */
export function endsSoon(value) {
  return Number(value.toPrecision(12)) === Number(value.toPrecision(15));
}
