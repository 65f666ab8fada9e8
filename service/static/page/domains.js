// Reads what a signature says of where a network was trained: the one place that knows its form.
//
// A domain is a list of regions and of poles. A problem is inside where some region holds it and it
// is far enough from every pole: dividing, from 0 as the divisor.

/**
 * @typedef {readonly [number, number]} Interval From the least to the most.
 * @typedef {{a: Interval, b: Interval | null, whole_b: boolean}} Region `b` is null for operations
 *   of one operand; `whole_b` where b was whole.
 * @typedef {{operand: "a" | "b", at: number, every: number | null, distance: number}} Pole Where
 *   the answer leaps: at a number of one operand, and again at `every` of them from there.
 * @typedef {{symbol: string, regions: Region[], poles: Pole[]}} Domain
 * @typedef {{name: string, dtype: string, shape: (number | null)[]}} Tensor
 * @typedef {{operations: string[], arity: number[], inputs: Tensor[], outputs: Tensor[],
 *   domains: Domain[]}} Signature
 * @typedef {{x1: number, x2: number, y1: number, y2: number}} Rectangle a runs along x, b along y.
 */

/**
 * Returns where a network was trained for an operation, undefined where it was not.
 * @param {Signature} signature
 * @param {string} symbol
 */
export const findDomain = ({ domains }, symbol) =>
  domains.find((domain) => domain.symbol === symbol);

/**
 * Returns where a network was trained for one of the operations that its signature names.
 * @param {Signature} signature
 * @param {string} symbol
 */
export function readDomain(signature, symbol) {
  const domain = findDomain(signature, symbol);
  if (!domain) throw new Error(`expected a domain for ${symbol}. Received: none in the signature`);
  return domain;
}

/**
 * Returns the operations of two operands that a signature names: those that a plane can show.
 * @param {Signature} signature
 */
export const listBinary = ({ operations, arity }) =>
  operations.filter((_, position) => arity[position] === 2);

/**
 * Returns how far an operand reaches, over all regions; null for one that the operation does not
 * take.
 * @param {Domain} domain
 * @param {"a" | "b"} operand
 * @returns {Interval | null}
 */
export function spanOf({ regions }, operand) {
  const spans = regions.flatMap((region) => region[operand] ?? []);
  return spans.length ? [Math.min(...spans), Math.max(...spans)] : null;
}

/**
 * Returns the spans of both operands, of an operation that takes two.
 * @param {Domain} domain
 * @returns {{a: Interval, b: Interval}}
 */
export function spanBoth(domain) {
  const [a, b] = [spanOf(domain, "a"), spanOf(domain, "b")];
  if (!a || !b) throw new Error(`expected two operands. Received: ${domain.symbol} with one`);
  return { a, b };
}

/** @type {(value: number, interval: Interval) => boolean} */
export const isWithin = (value, [low, high]) => value >= low && value <= high;

/**
 * Returns the pole that a problem comes too close to, undefined where it keeps away from all.
 * @param {Domain} domain
 * @param {{a: number, b?: number}} problem
 */
export const findNearPole = ({ poles }, problem) =>
  poles.find((pole) => distanceTo(pole, problem[pole.operand]) < pole.distance);

/**
 * Returns how far an operand is from a pole, the nearest one where it comes again.
 * @param {Pole} pole
 * @param {number | undefined} value
 */
export function distanceTo({ at, every }, value = Infinity) {
  const nearest = every ? at + Math.round((value - at) / every) * every : at;
  return Math.abs(value - nearest);
}

/**
 * Returns whether a problem is one that a network was trained for.
 * @param {Domain} domain
 * @param {{a: number, b: number}} problem
 */
export function isInside(domain, problem) {
  const { a, b } = problem;
  const holds = (/** @type {Region} */ region) =>
    isWithin(a, region.a) &&
    (region.b === null || isWithin(b, region.b)) &&
    (!region.whole_b || Number.isInteger(b));
  return domain.regions.some(holds) && findNearPole(domain, problem) === undefined;
}

/**
 * Returns the parts of the plane that a network was trained on, poles left out. Regions of whole b
 * are lines and have no area.
 * @param {Domain} domain
 * @returns {Rectangle[]}
 */
export function listTrained({ regions, poles }) {
  return regions.flatMap(({ a, b, whole_b: whole }) => {
    if (b === null || whole) return [];
    const columns = cutOut(a, poles, "a");
    return cutOut(b, poles, "b").flatMap(([y1, y2]) =>
      columns.map(([x1, x2]) => ({ x1, x2, y1, y2 })),
    );
  });
}

/**
 * Returns what is left of an interval beside the poles of an operand.
 * @param {Interval} interval
 * @param {Pole[]} poles
 * @param {"a" | "b"} operand
 * @returns {Interval[]}
 */
function cutOut(interval, poles, operand) {
  const gaps = poles
    .filter((pole) => pole.operand === operand && pole.distance > 0)
    .flatMap((pole) => listGaps(pole, interval));
  /** @type {Interval[]} */
  let parts = [interval];
  for (const [from, to] of gaps) {
    parts = parts.flatMap(([low, high]) =>
      /** @type {Interval[]} */ ([
        [low, Math.min(high, from)],
        [Math.max(low, to), high],
      ]).filter(([first, last]) => first < last),
    );
  }
  return parts;
}

/**
 * @param {Pole} pole
 * @param {Interval} interval
 * @returns {Interval[]}
 */
function listGaps({ at, every, distance }, [low, high]) {
  if (!every) return [[at - distance, at + distance]];
  const first = Math.floor((low - at) / every);
  const count = Math.ceil((high - at) / every) - first + 1;
  return Array.from({ length: count }, (_, k) => {
    const place = at + (first + k) * every;
    return [place - distance, place + distance];
  });
}

/**
 * Returns what the trained parts leave of an area, as rectangles that do not overlap.
 * @param {Domain} domain
 * @param {Rectangle} area
 * @returns {Rectangle[]}
 */
export function listUntrained(domain, area) {
  const parts = listTrained(domain);
  const xs = listEdges(
    area.x1,
    area.x2,
    parts.flatMap(({ x1, x2 }) => [x1, x2]),
  );
  const ys = listEdges(
    area.y1,
    area.y2,
    parts.flatMap(({ y1, y2 }) => [y1, y2]),
  );
  return pair(ys).flatMap(([y1, y2]) => {
    /** @type {Rectangle[]} */
    const row = [];
    for (const [x1, x2] of pair(xs)) {
      if (parts.some((part) => covers(part, (x1 + x2) / 2, (y1 + y2) / 2))) continue;
      const last = row.at(-1);
      if (last?.x2 === x1) last.x2 = x2;
      else row.push({ x1, x2, y1, y2 });
    }
    return row;
  });
}

/** @type {(part: Rectangle, x: number, y: number) => boolean} */
const covers = ({ x1, x2, y1, y2 }, x, y) => x1 <= x && x <= x2 && y1 <= y && y <= y2;

/** @type {(low: number, high: number, between: number[]) => number[]} */
const listEdges = (low, high, between) =>
  [...new Set([low, ...between.filter((edge) => edge > low && edge < high), high])].sort(
    (one, other) => one - other,
  );

/** @type {(edges: number[]) => Interval[]} */
const pair = (edges) => edges.slice(1).map((edge, k) => [/** @type {number} */ (edges[k]), edge]);

/**
 * Writes a domain in a line, to tell one from another.
 * @param {Domain} domain
 */
export function writeDomain({ symbol, regions, poles }) {
  const areas = regions.map(({ a, b, whole_b: whole }) =>
    [...a, ...(b ?? []), ...(whole ? ["whole b"] : [])].join(" "),
  );
  const gaps = poles.map(
    ({ operand, at, every, distance }) =>
      `${operand} ${distance} from ${at}${every ? ` and every ${every}` : ""}`,
  );
  return [symbol, [...areas, ...gaps].join("; ")].join(" ");
}
