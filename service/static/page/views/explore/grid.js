// The problems of a map: a grid over (a, b), and what is known about its cells.

const SIZE = 81; // steps of a quarter over -10 to 10, so that cells stand at plain numbers
export const DIVISION = "/";

// Returns the ranges that a version was trained on for an operation: {a, b, min_abs_b}.
export const findDomain = ({ manifest }, operation) =>
  manifest.signature.domains.find(({ symbol }) => symbol === operation);

// Returns a grid over a domain of a signature, widened about its middle by a factor.
//
// {a, b: centres along each axis; x1, x2, y1, y2: its outer edges}; cells are counted row by row,
// from the least b up: cell `j * a.length + i` is (a[i], b[j]).
export function makeGrid(domain, factor) {
  const a = spread(widen(domain.a, factor));
  const b = spread(widen(domain.b, factor));
  const [dx, dy] = [(a[1] - a[0]) / 2, (b[1] - b[0]) / 2];
  return { a, b, x1: a[0] - dx, x2: a.at(-1) + dx, y1: b[0] - dy, y2: b.at(-1) + dy };
}

export function widen([low, high], factor) {
  const middle = (low + high) / 2;
  return [middle + (low - middle) * factor, middle + (high - middle) * factor];
}

// Returns the problems that have a value, as columns, and the cell of each.
export function listProblems(grid, operation) {
  const problems = { a: [], b: [], cells: [] };
  grid.b.forEach((b, j) => {
    if (operation === DIVISION && b === 0) return;
    grid.a.forEach((a, i) => {
      problems.a.push(a);
      problems.b.push(b);
      problems.cells.push(j * grid.a.length + i);
    });
  });
  return problems;
}

// Lays the service's answers out over the cells; NaN where a problem has no value.
export function layOut(grid, problems, answer) {
  const size = grid.a.length * grid.b.length;
  const columns = {
    errors: answer.absolute_errors,
    predictions: answer.predictions,
    exact: answer.exact,
  };
  const laid = { outside: new Uint8Array(size) };
  for (const [name, values] of Object.entries(columns)) {
    laid[name] = new Float64Array(size).fill(NaN);
    problems.cells.forEach((cell, k) => (laid[name][cell] = values[k]));
  }
  answer.out_of_domain.forEach((k) => (laid.outside[problems.cells[k]] = 1));
  return laid;
}

// Returns the parts of the plane that a network was trained on: two where divisors keep away
// from zero.
export function listTrained({ a, b, min_abs_b: least }) {
  const halves =
    least > 0
      ? [
          [b[0], -least],
          [least, b[1]],
        ]
      : [b];
  return halves
    .filter(([low, high]) => low < high)
    .map(([low, high]) => ({ x1: a[0], x2: a[1], y1: low, y2: high }));
}

// Returns what the trained parts leave of a grid's area, as rectangles that do not overlap.
export function listUntrained(domain, { x1, x2, y1, y2 }) {
  const parts = listTrained(domain);
  if (parts.length === 0) return [{ x1, x2, y1, y2 }];
  const [left, right] = domain.a;
  const edges = [y1, ...parts.flatMap((part) => [part.y1, part.y2]), y2];
  const between = edges.flatMap((low, k) =>
    k % 2 ? [] : [{ x1: left, x2: right, y1: low, y2: edges[k + 1] }],
  );
  const beside = [
    { x1, x2: left, y1, y2 },
    { x1: right, x2, y1, y2 },
  ];
  return [...beside, ...between].filter((part) => part.x1 < part.x2 && part.y1 < part.y2);
}

// Says in numbers what a map shows. `cells` chooses: all, those trained on, or those outside.
export function summarize({ errors, outside }, cells = "all") {
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
  return { count: asked.length, exact, median, largest: errors[asked.at(-1)], worst: asked.at(-1) };
}

// Returns the two ends of the colour scale: fixed at the low end, so that maps of different
// choices can be told apart; a power of ten at the high one.
export const LEAST_SHOWN = 1e-4;
export function findScale(maps) {
  const largest = Math.max(1, ...maps.map((map) => summarize(map)?.largest ?? 0));
  return [LEAST_SHOWN, 10 ** Math.ceil(Math.log10(largest))];
}

function spread([low, high]) {
  const middle = (low + high) / 2; // counted from the middle: zero is zero then, not almost
  const half = (SIZE - 1) / 2;
  return Array.from({ length: SIZE }, (_, k) => middle + ((k - half) * (high - low)) / (SIZE - 1));
}
