// The axes of parallel coordinates: where each value of a hyperparameter stands, from 0 to 1.

/**
 * @typedef {Record<string, any>} Trial Its hyperparameters, as a table has them.
 * @typedef {object} Axis
 * @property {string} name
 * @property {(value: any) => number | undefined} place Where a value stands; undefined where there
 *   is none.
 * @property {{value: any, at: number}[]} ticks
 */

const FEW = 6; // so many different numbers stand side by side, as words do
const WIDE = 20; // from this ratio on, the steps between numbers are steps of a factor

/**
 * Returns an axis for each name whose values differ between trials.
 * @param {Trial[]} trials
 * @param {string[]} names
 * @returns {Axis[]}
 */
export function makeAxes(trials, names) {
  return names
    .map((name) => makeAxis(name, trials.map((trial) => trial[name]).filter(isGiven)))
    .filter((axis) => axis.ticks.length > 1);
}

/**
 * @param {string} name
 * @param {unknown[]} given
 * @returns {Axis}
 */
function makeAxis(name, given) {
  const values = [...new Set(given.map(String))];
  const numbers = values.map(Number);
  if (numbers.some(Number.isNaN)) return placeSideBySide(name, values.sort());
  numbers.sort((one, other) => one - other);
  if (numbers.length <= FEW) return placeSideBySide(name, numbers);
  const [low, high] = [numbers[0], numbers[numbers.length - 1]];
  return low > 0 && high / low >= WIDE
    ? placeByFactor(name, low, high)
    : placeEvenly(name, low, high);
}

/**
 * @param {string} name
 * @param {any[]} values
 * @returns {Axis}
 */
function placeSideBySide(name, values) {
  const at = new Map(
    values.map((value, k) => [String(value), values.length > 1 ? k / (values.length - 1) : 0]),
  );
  const number = typeof values[0] === "number";
  return {
    name,
    place: (value) => (isGiven(value) ? at.get(String(number ? Number(value) : value)) : undefined),
    ticks: values.map((value) => ({ value, at: at.get(String(value)) ?? 0 })),
  };
}

/**
 * @param {string} name
 * @param {number} low
 * @param {number} high
 */
function placeEvenly(name, low, high) {
  return placeOn(name, (value) => (value - low) / (high - low), [low, (low + high) / 2, high]);
}

/**
 * @param {string} name
 * @param {number} low
 * @param {number} high
 */
function placeByFactor(name, low, high) {
  const place = (/** @type {number} */ value) => Math.log(value / low) / Math.log(high / low);
  return placeOn(name, place, [low, Math.sqrt(low) * Math.sqrt(high), high]);
}

/**
 * @param {string} name
 * @param {(value: number) => number} place
 * @param {number[]} values
 * @returns {Axis}
 */
function placeOn(name, place, values) {
  return {
    name,
    place: (value) => (isGiven(value) ? place(Number(value)) : undefined),
    ticks: values.map((value) => ({ value, at: place(value) })),
  };
}

/** @type {(value: unknown) => boolean} */
const isGiven = (value) => value !== undefined && value !== "";
