// The stretch of the number line that shows the exact answer and those of the networks.

const PAD = 0.2;
const INTERVALS = 3;

/**
 * Returns {low, high, ticks}: the ends, and round numbers between them, ascending.
 * @param {number} exact
 * @param {number[]} predictions
 */
export function layOut(exact, predictions) {
  const all = [exact, ...predictions];
  const least = Math.min(...all);
  const most = Math.max(...all);
  const pad = most > least ? (most - least) * PAD : findReach(exact);
  const [low, high] = [least - pad, most + pad];
  return { low, high, ticks: findTicks(low, high) };
}

/**
 * Where all answers are the same, the line shows a tenth of their size around them.
 * @param {number} exact
 */
function findReach(exact) {
  return exact === 0 ? 1 : Math.abs(exact) / 10;
}

/**
 * @param {number} low
 * @param {number} high
 */
function findTicks(low, high) {
  const step = roundStep((high - low) / INTERVALS);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: Math.min(last - first + 1, 8) }, (_, index) => {
    // Multiples of 0.1 are not what adding 0.1 gives; toPrecision drops what float64 adds.
    return Number(((first + index) * step).toPrecision(15));
  });
}

/**
 * Returns the greatest of 1, 2, 5, 10, 20, 50, … (and their tenths) that is not above `raw`.
 * @param {number} raw
 */
function roundStep(raw) {
  const power = 10 ** Math.floor(Math.log10(raw));
  const digit = [5, 2, 1].find((candidate) => candidate * power <= raw) ?? 1;
  return digit * power;
}

/**
 * Returns where a number lies on a stretch, in percent from its left end.
 * @param {number} value
 * @param {{low: number, high: number}} stretch
 */
export function place(value, { low, high }) {
  return ((value - low) / (high - low)) * 100;
}
