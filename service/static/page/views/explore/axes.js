// The axes of parallel coordinates: where each value of a hyperparameter stands, from 0 to 1.

const FEW = 6; // so many different numbers stand side by side, as words do
const WIDE = 20; // from this ratio on, the steps between numbers are steps of a factor

// Returns an axis for each name whose values differ between trials:
// {name, place(value), ticks: [{value, at}]}; `place` gives undefined where there is no value.
export function makeAxes(trials, names) {
  return names
    .map((name) => makeAxis(name, trials.map((trial) => trial[name]).filter(isGiven)))
    .filter((axis) => axis.ticks.length > 1);
}

function makeAxis(name, given) {
  const values = [...new Set(given.map(String))];
  const numbers = values.map(Number);
  if (numbers.some(Number.isNaN)) return placeSideBySide(name, values.sort());
  numbers.sort((one, other) => one - other);
  if (numbers.length <= FEW) return placeSideBySide(name, numbers);
  const [low, high] = [numbers[0], numbers.at(-1)];
  return low > 0 && high / low >= WIDE
    ? placeByFactor(name, low, high)
    : placeEvenly(name, low, high);
}

function placeSideBySide(name, values) {
  const at = new Map(
    values.map((value, k) => [String(value), values.length > 1 ? k / (values.length - 1) : 0]),
  );
  const number = typeof values[0] === "number";
  return {
    name,
    place: (value) => (isGiven(value) ? at.get(String(number ? Number(value) : value)) : undefined),
    ticks: values.map((value) => ({ value, at: at.get(String(value)) })),
  };
}

function placeEvenly(name, low, high) {
  return placeOn(name, (value) => (value - low) / (high - low), [low, (low + high) / 2, high]);
}

function placeByFactor(name, low, high) {
  const place = (value) => Math.log(value / low) / Math.log(high / low);
  return placeOn(name, place, [low, Math.sqrt(low) * Math.sqrt(high), high]);
}

function placeOn(name, place, values) {
  return {
    name,
    place: (value) => (isGiven(value) ? place(Number(value)) : undefined),
    ticks: values.map((value) => ({ value, at: place(value) })),
  };
}

const isGiven = (value) => value !== undefined && value !== "";
